import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noAugmentation } from '../image/index.ts';
import { balancedClassWeights, createBatches, type BatchOptions } from './batches.ts';
import { madeUpDataset } from './test-fixtures/made-up-dataset.ts';

const preprocessing = {
  imageSizePx: 16,
  fit: 'stretch',
  filter: 'bilinear',
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

function batchesOf(more: Partial<BatchOptions> = {}) {
  return createBatches({
    split: madeUpDataset({ train: [11, 6], validation: [1, 1], test: [0, 0] }).split('train'),
    classCount: 2,
    batchSize: 4,
    preprocessing: { ...preprocessing, mean: [0, 0, 0], std: [1, 1, 1] },
    augmentation: noAugmentation,
    labelSmoothing: 0,
    classWeights: [1, 1],
    seed: 3,
    uniformCounts: [5],
    ...more,
  });
}

test('an epoch shows every photo at most once, in an order of its own, the same for the same seed', () => {
  const batches = batchesOf();
  assert.equal(batches.stepsPerEpoch, 4);
  // Generators reuse their buffers, so each batch is read before the next is made.
  const collect = (epoch: number): string[] => {
    const all: string[] = [];
    for (const { images } of batches.epoch(epoch))
      for (let slot = 0; slot < 4; slot++) all.push(images.slice(slot * 768, slot * 768 + 12).join());
    return all;
  };
  const first = collect(1);
  assert.equal(new Set(first).size, 16);
  assert.deepEqual(collect(1), first);
  assert.notDeepEqual(collect(2), first);
});

test('targets are smoothed, weights follow the class, dropout noise is fresh at each step', () => {
  const batches = batchesOf({ labelSmoothing: 0.2, classWeights: [0.5, 2] });
  const noise = new Set<string>();
  for (const { labels, targets, weights, uniforms } of batches.epoch(1)) {
    labels.forEach((label, i) => {
      assert.ok(Math.abs((targets[i] ?? 0) - (label === 1 ? 0.9 : 0.1)) < 1e-6);
      assert.equal(weights[i], label === 1 ? 2 : 0.5);
    });
    noise.add(uniforms[0]?.join() ?? '');
  }
  assert.equal(noise.size, 4);
});

test('targets of three classes sum to one', () => {
  const split = madeUpDataset({ train: [4, 4, 4], validation: [1, 1, 1], test: [0, 0, 0] }).split('train');
  for (const { targets } of batchesOf({ split, classCount: 3, labelSmoothing: 0.3, classWeights: [1, 1, 1] }).epoch(1))
    for (let row = 0; row < 4; row++) {
      const sum = targets.subarray(row * 3, row * 3 + 3).reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - 1) < 1e-6);
    }
});

test('balanced weights make each class count the same', () => {
  const labels = Uint8Array.from([0, 0, 0, 1]);
  const weights = balancedClassWeights(labels, 2);
  assert.deepEqual(weights, [4 / 6, 2]);
  assert.equal(
    labels.reduce((sum, label) => sum + (weights[label] ?? 0), 0),
    4,
  );
});

test('a split smaller than the batch is one batch', () => {
  const batches = batchesOf({ batchSize: 64 });
  assert.equal(batches.batchSize, 17);
  assert.equal(batches.stepsPerEpoch, 1);
});
