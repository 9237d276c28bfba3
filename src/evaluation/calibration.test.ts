// Reliability bins and ECE: a case counted by hand, bin edges, what holds for any input, and refusals.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expectedCalibrationError, reliabilityBins } from './calibration.ts';

test('bins and ECE as counted by hand', () => {
  // (0.5, 0.75]: 0.6 right, 0.7 wrong; (0.75, 1]: 0.8, 0.9, 1 right.
  const bins = reliabilityBins([0.6, 0.9, 0.7, 1, 0.8], [1, 1, 0, 1, 1], { bins: 4 });
  assert.deepEqual(
    bins.map(({ low, high, count, observed }) => [low, high, count, observed]),
    [
      [0.5, 0.75, 2, 0.5],
      [0.75, 1, 3, 1],
    ],
  );
  assert.ok(Math.abs(expectedCalibrationError(bins) - (0.4 * 0.15 + 0.6 * 0.1)) < 1e-12);
});

test('an edge belongs to the bin below it, 0 to the first', () => {
  const bins = reliabilityBins([0, 0.2, 0.4, 0.6, 0.8, 1], [0, 0, 0, 1, 1, 1], { bins: 5 });
  assert.deepEqual(
    bins.map(({ low, count }) => [low, count]),
    [
      [0, 2],
      [0.2, 1],
      [0.4, 1],
      [0.6, 1],
      [0.8, 1],
    ],
  );
});

test('adaptive bins hold equal counts, and a crowd of equal probabilities stays in one', () => {
  const even = reliabilityBins(
    Array.from({ length: 30 }, (_, i) => i / 30),
    new Uint8Array(30),
    { bins: 15, strategy: 'adaptive' },
  );
  assert.deepEqual(
    even.map((bin) => bin.count),
    Array.from({ length: 15 }, () => 2),
  );
  const crowd = [...Array.from({ length: 20 }, () => 0.1), 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
  const bins = reliabilityBins(crowd, new Uint8Array(30), { bins: 3, strategy: 'adaptive' });
  assert.deepEqual(
    bins.map((bin) => bin.count),
    [20, 10],
  );
});

test('bins hold every photo once, ECE lies in [0, 1], the order of photos changes nothing but rounding', () => {
  const photos = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 80,
  });
  fc.assert(
    fc.property(photos, fc.constantFrom('equal-width' as const, 'adaptive' as const), (cases, strategy) => {
      const of = (list: typeof cases): ReturnType<typeof reliabilityBins> =>
        reliabilityBins(
          list.map(([p]) => p),
          list.map(([, hit]) => hit),
          { strategy },
        );
      const bins = of(cases);
      const error = expectedCalibrationError(bins);
      assert.equal(
        bins.reduce((sum, bin) => sum + bin.count, 0),
        cases.length,
      );
      assert.ok(bins.length <= 15 && error >= 0 && error <= 1);
      for (const bin of bins)
        assert.ok(bin.low - 1e-9 <= bin.meanProbability && bin.meanProbability <= bin.high + 1e-9);
      assert.ok(Math.abs(expectedCalibrationError(of(cases.toReversed())) - error) < 1e-12);
    }),
    { numRuns: 150, seed: 4 },
  );
});

test('empty, mismatched, NaN and out-of-range input is refused', () => {
  assert.throws(() => reliabilityBins([], []), { code: 'SCORES_INVALID' });
  assert.throws(() => reliabilityBins([0.5], [1, 0]), { code: 'SCORES_INVALID' });
  assert.throws(() => reliabilityBins([NaN], [1]), { code: 'SCORES_INVALID' });
  assert.throws(() => reliabilityBins([1.2], [1]), { code: 'SCORES_INVALID' });
  assert.throws(() => reliabilityBins([0.5], [NaN]), { code: 'SCORES_INVALID' });
  assert.throws(() => reliabilityBins([0.5], [1], { bins: 0 }), { code: 'SCORES_INVALID' });
});
