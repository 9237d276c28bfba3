// Wilson and Clopper–Pearson against statsmodels, and what any interval of a proportion must keep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clopperPearsonInterval, wilsonInterval } from './binomial-interval.ts';
import { vectors } from './test-vectors/scikit-learn.ts';

test('both intervals agree with statsmodels', () => {
  for (const { successes, total, level, wilson, clopperPearson } of vectors.special.intervals) {
    for (const [interval, expected] of [
      [wilsonInterval(successes, total, level), wilson],
      [clopperPearsonInterval(successes, total, level), clopperPearson],
    ] as const) {
      assert.ok(Math.abs(interval.low - expected[0]) < 1e-8, `${successes}/${total}: low ${interval.low}`);
      assert.ok(Math.abs(interval.high - expected[1]) < 1e-8, `${successes}/${total}: high ${interval.high}`);
    }
  }
});

test('an interval lies in [0, 1], holds the proportion, and mirrors when successes and failures swap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), (total, share) => {
      const successes = Math.round(share * total);
      for (const interval of [wilsonInterval, clopperPearsonInterval]) {
        const { low, high } = interval(successes, total);
        const mirrored = interval(total - successes, total);
        assert.ok(low >= 0 && high <= 1 && low <= successes / total && high >= successes / total);
        assert.ok(Math.abs(mirrored.low - (1 - high)) < 1e-9 && Math.abs(mirrored.high - (1 - low)) < 1e-9);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('counts that are no proportion are refused', () => {
  for (const [successes, total] of [
    [0, 0],
    [3, 2],
    [-1, 5],
    [0.5, 5],
    [NaN, 5],
  ] as const)
    for (const interval of [wilsonInterval, clopperPearsonInterval])
      assert.throws(() => interval(successes, total), { code: 'SCORES_INVALID' });
});
