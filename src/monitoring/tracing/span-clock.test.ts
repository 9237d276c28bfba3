// The clock of spans: finer than a millisecond, never backwards by drift, right again after a sleep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSpanClock } from './span-clock.ts';

test('it goes with the monotonic clock, and follows the wall clock when they part', () => {
  let [wall, monotonic] = [1_000_000, 50];
  const now = createSpanClock(
    () => wall,
    () => monotonic,
  );
  assert.equal(now(), 1_000_000);
  monotonic += 0.25;
  assert.equal(now(), 1_000_000.25);
  // The wall clock is corrected a little: no span may show it.
  wall -= 900;
  assert.equal(now(), 1_000_000.25);
  // The machine slept for an hour, the monotonic clock with it.
  wall += 3_600_900;
  assert.equal(now(), 4_600_000);
  monotonic += 2;
  wall += 2;
  assert.equal(now(), 4_600_002);
});
