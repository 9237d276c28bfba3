import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../core/index.ts';
import { drawMixShare, mixPairs } from './mixup.ts';

const draws = (alpha: number): number[] => {
  const random = createRandom(1, 'mixup');
  return Array.from({ length: 20_000 }, () => drawMixShare(random, alpha));
};

test('shares follow the folded Beta distribution: its mean and variance for several alphas', () => {
  for (const alpha of [0.1, 0.2, 0.5, 1]) {
    const shares = draws(alpha);
    assert.ok(shares.every((share) => share >= 0.5 && share <= 1));
    // Var λ = 1 / (4(2α + 1)) around the mean 1/2, which folding at 1/2 keeps as the second moment.
    const second = shares.reduce((sum, share) => sum + (share - 0.5) ** 2, 0) / shares.length;
    assert.ok(Math.abs(second - 1 / (4 * (2 * alpha + 1))) < 0.004, `${second} at ${alpha}`);
  }
});

test('pairs are blended bit for bit: photos, targets and weights; the middle of an odd batch stays', () => {
  const batch = {
    images: Float32Array.of(0, 4, 8, 16, 32, 64),
    targets: Float32Array.of(0, 1, 1),
    weights: Float32Array.of(1, 1, 2),
  };
  mixPairs({ count: 3, parts: [batch.images, batch.targets, batch.weights] }, 0.75);
  assert.deepEqual([...batch.images], [8, 19, 8, 16, 24, 49]);
  assert.deepEqual([...batch.targets], [0.25, 1, 0.75]);
  assert.deepEqual([...batch.weights], [1.25, 1, 1.75]);
});
