// McNemar's exact test against statsmodels.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mcnemarTest } from './mcnemar.ts';
import { relativeError, vectors } from './test-vectors/scikit-learn.ts';

test('p-values agree with statsmodels, from no difference to a large one', () => {
  for (const [onlyFirst, onlySecond, expected] of vectors.special.mcnemarExact) {
    const labels = new Uint8Array(onlyFirst + onlySecond + 3);
    const first = labels.map((_, i) => (i < onlyFirst ? 0 : 1));
    const second = labels.map((_, i) => (i >= onlyFirst && i < onlyFirst + onlySecond ? 0 : 1));
    const result = mcnemarTest(labels, first, second);
    assert.deepEqual([result.onlyFirst, result.onlySecond], [onlyFirst, onlySecond]);
    assert.ok(relativeError(result.pValue, expected) < 1e-9, `${onlyFirst}:${onlySecond} gave ${result.pValue}`);
  }
});

test('two real sets of predictions', () => {
  const { labels, logits, mcnemar } = vectors.binary;
  const result = mcnemarTest(
    labels,
    logits.map((z) => (z > 0 ? 1 : 0)),
    mcnemar.other,
  );
  assert.deepEqual([result.onlyFirst, result.onlySecond], [mcnemar.onlyFirst, mcnemar.onlySecond]);
  assert.ok(relativeError(result.pValue, mcnemar.pValue) < 1e-9);
});

test('unequal lengths are refused', () => {
  assert.throws(() => mcnemarTest([0, 1], [0], [0, 1]), { code: 'SCORES_INVALID' });
  assert.throws(() => mcnemarTest([0, 1], [0, 1], [0]), { code: 'SCORES_INVALID' });
});
