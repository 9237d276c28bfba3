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
    mixup: 0,
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

test('mixup blends photos and targets, the same for the same seed, and leaves the other random streams alone', () => {
  const read = (mixup: number): { images: number[][]; targets: number[][]; labels: number[]; noise: number[] } => {
    const [batch] = batchesOf({ mixup }).epoch(1);
    assert.ok(batch !== undefined);
    const [images, targets] = [[...batch.images], [...batch.targets]];
    const rows = [0, 1, 2, 3].map((slot) => images.slice(slot * 768, slot * 768 + 768));
    return {
      images: rows,
      targets: targets.map((t) => [t]),
      labels: [...batch.labels],
      noise: [...(batch.uniforms[0] ?? [])],
    };
  };
  const [plain, mixed] = [read(0), read(0.4)];
  assert.deepEqual(read(0.4), mixed);
  assert.deepEqual([mixed.labels, mixed.noise], [plain.labels, plain.noise]);
  const share = Math.fround(mixed.images[0]?.[5] ?? 0);
  const [own, other] = [plain.images[0]?.[5] ?? 0, plain.images[3]?.[5] ?? 0];
  const lambda = (share - other) / (own - other);
  assert.ok(lambda >= 0.5 && lambda < 1, String(lambda));
  mixed.images.forEach((row, slot) => {
    row.forEach((value, i) => {
      const expected = lambda * (plain.images[slot]?.[i] ?? 0) + (1 - lambda) * (plain.images[3 - slot]?.[i] ?? 0);
      assert.ok(Math.abs(value - expected) < 1e-2, `${value} at ${slot}, ${i}`);
    });
    const target = lambda * (plain.targets[slot]?.[0] ?? 0) + (1 - lambda) * (plain.targets[3 - slot]?.[0] ?? 0);
    assert.ok(Math.abs((mixed.targets[slot]?.[0] ?? 0) - target) < 1e-4);
  });
});

test('a split smaller than the batch is one batch', () => {
  const batches = batchesOf({ batchSize: 64 });
  assert.equal(batches.batchSize, 17);
  assert.equal(batches.stepsPerEpoch, 1);
});
