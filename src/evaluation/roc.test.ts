// ROC and its area: scikit-learn's numbers, the Mann–Whitney count itself, invariances, and the degenerate cases.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rocAuc, rocCurve } from './roc.ts';
import { vectors } from './test-vectors/scikit-learn.ts';

const scored = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -6, max: 6 })), {
  minLength: 2,
  maxLength: 60,
});

test('curve, area and DeLong interval agree with scikit-learn, ties included', () => {
  const { labels, logits, roc, rocAuc: expected, delongStandardError } = vectors.binary;
  const points = rocCurve(labels, logits) ?? [];
  assert.equal(points.length, roc.fpr.length);
  assert.deepEqual(
    points.slice(1).map((point) => point.threshold + 0),
    roc.thresholds.map((threshold) => threshold + 0),
  );
  for (const [i, point] of points.entries()) {
    assert.ok(Math.abs(point.falsePositiveRate - (roc.fpr[i] ?? NaN)) < 1e-12);
    assert.ok(Math.abs(point.truePositiveRate - (roc.tpr[i] ?? NaN)) < 1e-12);
  }
  const result = rocAuc(labels, logits);
  assert.ok(result !== null && Math.abs(result.auc - expected) < 1e-12);
  assert.ok(Math.abs(result.interval95.low - (expected - 1.959963985 * delongStandardError)) < 1e-8);
  assert.ok(Math.abs(result.interval95.high - Math.min(1, expected + 1.959963985 * delongStandardError)) < 1e-8);
});

test('the area is the share of pairs in the right order, ties half, and the area under the curve', () => {
  fc.assert(
    fc.property(scored, (photos) => {
      const labels = photos.map(([label]) => label);
      const scores = photos.map(([, score]) => score);
      const result = rocAuc(labels, scores);
      const points = rocCurve(labels, scores);
      let pairs = 0;
      let wins = 0;
      for (const [a, x] of photos)
        for (const [b, y] of photos)
          if (a === 1 && b === 0) {
            pairs++;
            wins += x > y ? 1 : x === y ? 0.5 : 0;
          }
      if (pairs === 0) {
        assert.equal(result, null);
        assert.equal(points, null);
        return;
      }
      assert.ok(result !== null && points !== null);
      assert.ok(Math.abs(result.auc - wins / pairs) < 1e-12);
      let area = 0;
      for (const [i, { falsePositiveRate: x, truePositiveRate: y }] of points.entries()) {
        const before = points[i - 1] ?? { falsePositiveRate: 0, truePositiveRate: 0 };
        assert.ok(x >= before.falsePositiveRate && y >= before.truePositiveRate);
        area += ((x - before.falsePositiveRate) * (y + before.truePositiveRate)) / 2;
      }
      assert.ok(Math.abs(area - result.auc) < 1e-12);
      assert.ok(result.interval95.low <= result.auc + 1e-12 && result.interval95.high >= result.auc - 1e-12);
      assert.ok(result.interval95.low >= 0 && result.interval95.high <= 1);
    }),
    { numRuns: 200, seed: 2 },
  );
});

test('a rising map of the scores changes nothing; turning them round gives 1 − AUC', () => {
  fc.assert(
    fc.property(scored, (photos) => {
      const labels = photos.map(([label]) => label);
      const scores = photos.map(([, score]) => score);
      const auc = rocAuc(labels, scores);
      const mapped = rocAuc(
        labels,
        scores.map((score) => Math.exp(score / 3) - 7),
      );
      assert.deepEqual(mapped, auc);
      const turned = rocAuc(
        labels,
        scores.map((score) => -score),
      );
      if (auc !== null && turned !== null) assert.ok(Math.abs(auc.auc + turned.auc - 1) < 1e-12);
    }),
    { numRuns: 100, seed: 3 },
  );
});

test('a perfect separation keeps an honest interval, narrower with more photos', () => {
  const few = rocAuc([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6]);
  const half = Array.from({ length: 400 }, (_, i) => i);
  const many = rocAuc(
    half.map((i) => (i < 200 ? 0 : 1)),
    half,
  );
  assert.ok(few !== null && many !== null);
  assert.deepEqual([few.auc, few.interval95.high, many.auc, many.interval95.high], [1, 1, 1, 1]);
  assert.ok(few.interval95.low > 0.3 && few.interval95.low < 0.8, String(few.interval95.low));
  assert.ok(many.interval95.low > 0.97 && many.interval95.low < 1, String(many.interval95.low));
  const tied = rocAuc([0, 1, 0, 1], [0, 0, 0, 0]);
  assert.ok(tied?.auc === 0.5 && tied.interval95.low < 0.4 && tied.interval95.high > 0.6);
});

test('empty, mismatched and NaN input is refused', () => {
  assert.throws(() => rocAuc([], []), { code: 'SCORES_INVALID' });
  assert.throws(() => rocAuc([0, 1], [1]), { code: 'SCORES_INVALID' });
  assert.throws(() => rocCurve([0, 1], [1, NaN]), { code: 'SCORES_INVALID' });
  assert.throws(() => rocCurve([0, 2], [1, 2]), { code: 'SCORES_INVALID' });
});
