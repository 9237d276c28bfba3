// The loops: an open one keeps its grid of due times whatever happens to what it sends; a closed one waits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedLoop, openLoop } from './load.ts';

const signal = new AbortController().signal;

test('an open loop sends everything that is due, and counts from when it was due, a stall of its own included', async () => {
  const started = performance.now();
  const due: number[] = [];
  const sentAt: number[] = [];
  const send = (index: number, dueMs: number): Promise<void> => {
    due.push(dueMs);
    sentAt.push(performance.now());
    // The sender itself is held up for a while, as by a busy machine.
    if (index === 5) while (performance.now() < dueMs + 100);
    // No answer comes before the end.
    return new Promise((resolve) => setTimeout(resolve, started + 320 - performance.now()));
  };
  await openLoop({ send, untilMs: started + 300, signal }, 200);
  assert.ok(due.length > 30 && due.length <= 60, String(due.length));
  for (const [i, dueMs] of due.entries()) {
    assert.ok(Math.abs(dueMs - (due[0] ?? 0) - 5 * i) < 1e-6, `request ${i} is due on the grid`);
    assert.ok((sentAt[i] ?? 0) >= dueMs, `request ${i} is not sent before it is due`);
  }
  assert.ok((sentAt[6] ?? 0) - (due[6] ?? 0) >= 90, 'the request after the stall is as late as the stall makes it');
});

test('a closed loop has so many requests under way and no more', async () => {
  let [underWay, most, sent] = [0, 0, 0];
  const seen = new Set<number>();
  const send = async (index: number): Promise<void> => {
    most = Math.max(most, ++underWay);
    seen.add(index);
    sent++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    underWay--;
  };
  await closedLoop({ send, untilMs: performance.now() + 100, signal }, 3);
  assert.deepEqual([most, underWay], [3, 0]);
  assert.equal(seen.size, sent, 'no index is sent twice');
});

test('both end when they are told to', async () => {
  const stop = new AbortController();
  const send = (index: number): Promise<void> => {
    if (index === 4) stop.abort();
    return Promise.resolve();
  };
  const untilMs = performance.now() + 60_000;
  await closedLoop({ send, untilMs, signal: stop.signal }, 2);
  await openLoop({ send: () => assert.fail('nothing is sent any more'), untilMs, signal: stop.signal }, 10);
});
