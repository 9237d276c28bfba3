import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import { tokenBuckets } from './token-buckets.ts';

interface Outcome {
  readonly current: number;
  readonly ttl: number;
}

function open(): { readonly clock: { ms: number }; readonly ask: (key: string) => Outcome } {
  const clock = { ms: 0 };
  const Buckets = tokenBuckets(() => clock.ms);
  const store: FastifyRateLimitStore = new Buckets({});
  const ask = (key: string): Outcome => {
    let outcome: Outcome | undefined;
    store.incr(key, (_, result) => (outcome = result), 60_000, 6);
    assert.ok(outcome);
    return outcome;
  };
  return { clock, ask };
}

test('a burst passes, then one request each time that one has run out', () => {
  const { clock, ask } = open();
  assert.deepEqual(
    Array.from({ length: 7 }, () => ask('a').current),
    [1, 2, 3, 4, 5, 6, 7],
  );
  assert.equal(ask('a').ttl, 10_000, 'asking again does not make the wait longer');
  clock.ms = 9_999;
  assert.equal(ask('a').current, 7);
  clock.ms = 10_000;
  assert.equal(ask('a').current, 6);
  assert.equal(ask('a').current, 7);
  clock.ms = 70_000;
  assert.equal(ask('a').current, 1, 'a minute later all is forgotten');
});

test('in no minute more than twice the limit passes, and no more than the limit in the long run', () => {
  const { clock, ask } = open();
  const passed: number[] = [];
  for (; clock.ms < 600_000; clock.ms += 100) if (ask('a').current <= 6) passed.push(clock.ms);
  assert.ok(passed.length <= 6 + 60, String(passed.length));
  assert.ok(passed.length >= 60);
  const lastMinute = passed.filter((ms) => ms >= 540_000).length;
  assert.ok(lastMinute <= 6, String(lastMinute));
});

test('clients do not pay for each other', () => {
  const { ask } = open();
  for (let i = 0; i < 10; i++) ask('a');
  assert.equal(ask('b').current, 1);
});

test('memory is bounded: of very many clients those not seen for longest are forgotten', () => {
  const { ask } = open();
  for (let i = 0; i < 6; i++) ask('first');
  ask('idle');
  for (let i = 0; i < 9_998; i++) ask(`client ${i}`);
  assert.equal(ask('first').current, 7, 'at the brim all are remembered');
  ask('one more');
  assert.equal(ask('first').current, 7, 'a client that keeps asking is not forgotten');
  assert.equal(ask('idle').current, 1, 'the one that was quiet is');
});
