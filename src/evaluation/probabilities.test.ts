// Logits to probabilities and classes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictedLabels, probabilitiesFromLogits, sigmoid } from './probabilities.ts';

test('the sigmoid keeps both tails', () => {
  assert.equal(sigmoid(0), 0.5);
  assert.equal(sigmoid(1000), 1);
  assert.equal(sigmoid(-1000), 0);
  assert.ok(Math.abs(sigmoid(-40) / Math.exp(-40) - 1) < 1e-12);
});

test('temperature flattens without changing the class; every row sums to 1', () => {
  const logits = { values: [2, -1, 0.5, 1000, 0, -1000], width: 3 };
  for (const temperature of [0.5, 1, 3]) {
    const p = probabilitiesFromLogits(logits, 3, temperature);
    for (const row of [0, 3]) assert.ok(Math.abs((p[row] ?? 0) + (p[row + 1] ?? 0) + (p[row + 2] ?? 0) - 1) < 1e-12);
    assert.ok((p[0] ?? 0) > (p[2] ?? 0) && (p[2] ?? 0) > (p[1] ?? 0));
  }
  assert.deepEqual(
    [...probabilitiesFromLogits({ values: [Math.log(3)], width: 1 }, 2)].map((p) => Math.round(p * 1e9) / 1e9),
    [0.25, 0.75],
  );
});

test('the predicted class is the largest logit, the lower class on a tie', () => {
  assert.deepEqual([...predictedLabels({ values: [-1, 0, 1e-9], width: 1 }, 2)], [0, 0, 1]);
  assert.deepEqual([...predictedLabels({ values: [1, 1, 0, 0, 2, 2], width: 3 }, 3)], [0, 1]);
});

test('logits that do not fit the classes, or are not finite, are refused', () => {
  assert.throws(() => probabilitiesFromLogits({ values: [1, 2, 3], width: 2 }, 2), { code: 'SCORES_INVALID' });
  assert.throws(() => probabilitiesFromLogits({ values: [1], width: 1 }, 3), { code: 'SCORES_INVALID' });
  assert.throws(() => predictedLabels({ values: [NaN], width: 1 }, 2), { code: 'SCORES_INVALID' });
});
