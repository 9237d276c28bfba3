import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averageRateAt, learningRateAt } from './schedule.ts';

const rates = (schedule: 'one-cycle' | 'cosine' | 'constant', steps: number, warmupFraction = 0.25): number[] =>
  Array.from({ length: steps }, (_, step) => learningRateAt({ schedule, lr: 0.1, warmupFraction }, step, steps));

test('constant stays', () => {
  assert.deepEqual(new Set(rates('constant', 7)), new Set([0.1]));
});

test('cosine falls from the peak towards zero, half way at half time', () => {
  const all = rates('cosine', 100);
  assert.equal(all[0], 0.1);
  assert.ok(Math.abs((all[50] ?? 0) - 0.05) < 1e-12);
  assert.ok((all[99] ?? 1) < 1e-4);
  assert.ok(all.every((rate, i) => i === 0 || rate < (all[i - 1] ?? 0)));
});

test('one-cycle climbs from a 25th of the peak, peaks after the warm-up, then falls', () => {
  const all = rates('one-cycle', 100);
  assert.ok(Math.abs((all[0] ?? 0) - 0.1 / 25) < 1e-12);
  assert.equal(all.indexOf(Math.max(...all)), 25);
  assert.equal(all[25], 0.1);
  assert.ok((all[99] ?? 1) < 1e-4);
});

test('one-cycle without warm-up, and with nothing but warm-up, stay inside (0, peak]', () => {
  for (const warmupFraction of [0, 1])
    for (const rate of rates('one-cycle', 10, warmupFraction)) assert.ok(rate > 0 && rate <= 0.1, String(rate));
});

test('the running mean starts as the first weights, then looks back on a tenth of the run, at most its window', () => {
  assert.equal(averageRateAt(1, 100), 1);
  assert.equal(averageRateAt(191, 100), 0.05);
  assert.equal(averageRateAt(991, 100), 0.01);
  assert.equal(averageRateAt(100_000, 100), 0.01);
  assert.equal(averageRateAt(5000, 0.5), 1, 'a window below one step is the last weights');
});
