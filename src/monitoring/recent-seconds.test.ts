// The last minute by seconds, on a clock that the test moves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRecentSeconds, percentile } from './recent-seconds.ts';

const startedAt = new Date('2026-01-01T00:00:00.000Z');

function at(seconds = 5) {
  const clock = { ms: 0 };
  return { clock, recent: createRecentSeconds({ seconds, now: () => clock.ms, startedAt }) };
}

test('whole seconds, the oldest first, empty ones among them; the running second is not there yet', () => {
  const { clock, recent } = at();
  clock.ms = 1200;
  recent.observe({ label: 'a', confidence: 0.9, latencyMs: 10 });
  recent.observe({ label: 'b', confidence: 0.7, latencyMs: 30 });
  clock.ms = 3999;
  recent.observeFailure();
  assert.deepEqual(recent.summary().at(-1)?.failed, 0);
  clock.ms = 4000;
  const summary = recent.summary();
  assert.deepEqual(
    summary.map(({ at: time, predictions, failed }) => [time.slice(17, 23), predictions, failed]),
    [
      ['59.000', 0, 0],
      ['00.000', 0, 0],
      ['01.000', 2, 0],
      ['02.000', 0, 0],
      ['03.000', 0, 1],
    ],
  );
  const { meanConfidence, byClass, p50Ms, p95Ms } = summary[2] ?? {};
  assert.deepEqual([byClass, p50Ms, p95Ms], [{ a: 1, b: 1 }, 10, 30]);
  assert.ok(Math.abs((meanConfidence ?? 0) - 0.8) < 1e-12);
});

test('a second is forgotten once its minute is over, however long nothing came', () => {
  const { clock, recent } = at();
  recent.observe({ label: 'a', confidence: 1, latencyMs: 1 });
  clock.ms = 5999;
  assert.equal(recent.summary()[0]?.predictions, 1);
  clock.ms = 6000;
  assert.ok(recent.summary().every(({ predictions }) => predictions === 0));
  clock.ms = 1e9;
  assert.ok(recent.summary().every(({ predictions }) => predictions === 0));
});

test('whatever comes when: the last seconds hold exactly what came in them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 200 }), (steps) => {
      const { clock, recent } = at(7);
      const times: number[] = [];
      for (const step of steps) {
        clock.ms += step;
        times.push(Math.floor(clock.ms / 1000));
        recent.observe({ label: 'a', confidence: 1, latencyMs: 1 });
      }
      const running = Math.floor(clock.ms / 1000);
      const expected = Array.from({ length: 7 }, (_, i) => times.filter((time) => time === running - 7 + i).length);
      assert.deepEqual(
        recent.summary().map(({ predictions }) => predictions),
        expected,
      );
    }),
  );
});

test('percentiles are values that came, by nearest rank', () => {
  assert.deepEqual(
    [0, 0.01, 0.5, 0.51, 0.95, 1].map((share) => percentile([1, 2, 3, 4], share)),
    [1, 1, 2, 3, 4, 4],
  );
  assert.equal(percentile([], 0.5), 0);
});
