// Batches of one epoch: shuffled, augmented, normalised, with targets and sample weights. Everything random comes
// from (seed, epoch, step), so that a resumed run sees exactly what an unbroken one does.
import { createRandom } from '../core/index.ts';
import type { PreparedSplit } from '../data/index.ts';
import { drawMixShare, mixPairs } from './mixup.ts';
import { createAugmenter, type Augmentation, type Preprocessing } from '../image/index.ts';
import { outputColumns } from '../models/index.ts';

export interface BatchOptions {
  readonly split: PreparedSplit;
  readonly classCount: number;
  readonly batchSize: number;
  readonly preprocessing: Preprocessing;
  readonly augmentation: Augmentation;
  readonly labelSmoothing: number;
  /** α of the Beta distribution of mixup's shares; 0: photos are not mixed. */
  readonly mixup: number;
  /** Weight of a sample of each class. */
  readonly classWeights: readonly number[];
  readonly seed: number;
  /** Length of the random vectors that dropout wants at each step. */
  readonly uniformCounts: readonly number[];
}

/** One step's inputs. The buffers are reused by the next batch. */
export interface Batch {
  /** [B, 3, S, S] */
  readonly images: Float32Array<ArrayBuffer>;
  /** [B, 1] or [B, C] */
  readonly targets: Float32Array<ArrayBuffer>;
  /** [B, 1] */
  readonly weights: Float32Array<ArrayBuffer>;
  readonly uniforms: readonly Float32Array<ArrayBuffer>[];
  /** Label of each photo. */
  readonly labels: Uint8Array<ArrayBuffer>;
}

export interface Batches {
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
  /** The batches of an epoch; the photos that do not fill a last batch sit this epoch out. */
  epoch(epoch: number): Generator<Batch, void, void>;
}

/** Weights that make every class count the same, mean 1 over the photos: n / (C · n_c). */
export function balancedClassWeights(labels: Uint8Array, classCount: number): number[] {
  const counts = Array<number>(classCount).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts.map((count) => (count === 0 ? 0 : labels.length / (classCount * count)));
}

/** Prepares an endless supply of epochs over a training split. */
export function createBatches(options: BatchOptions): Batches {
  const { split, classCount, preprocessing } = options;
  const batchSize = Math.min(options.batchSize, split.count);
  const columns = outputColumns(classCount);
  const sizePx = preprocessing.imageSizePx;
  const pixels = 3 * sizePx * sizePx;
  const batch = {
    images: new Float32Array(batchSize * pixels),
    targets: new Float32Array(batchSize * columns),
    weights: new Float32Array(batchSize),
    uniforms: options.uniformCounts.map((count) => new Float32Array(count)),
    labels: new Uint8Array(batchSize),
  };
  const augmenter = createAugmenter(options.augmentation, preprocessing);
  const record = new Uint8Array(split.recordBytes);
  const order = Uint32Array.from({ length: split.count }, (_, i) => i);
  const stepsPerEpoch = Math.floor(split.count / batchSize);

  return {
    stepsPerEpoch,
    batchSize,
    *epoch(epoch) {
      order.forEach((_, i) => (order[i] = i));
      createRandom(options.seed, 'order', epoch).shuffle(order);
      for (let step = 0; step < stepsPerEpoch; step++) {
        const random = createRandom(options.seed, 'batch', epoch, step);
        for (let slot = 0; slot < batchSize; slot++) {
          const index = order[step * batchSize + slot] ?? 0;
          const label = split.labels[index] ?? 0;
          split.readRecord(index, record, 0);
          augmenter.apply(record, random, batch.images, slot * pixels);
          batch.labels[slot] = label;
          batch.weights[slot] = options.classWeights[label] ?? 1;
          writeTarget(batch.targets, slot, { label, columns, smoothing: options.labelSmoothing });
        }
        if (options.mixup > 0)
          mixPairs(
            { count: batchSize, parts: [batch.images, batch.targets, batch.weights] },
            drawMixShare(createRandom(options.seed, 'mixup', epoch, step), options.mixup),
          );
        for (const uniform of batch.uniforms) for (let i = 0; i < uniform.length; i++) uniform[i] = random.next();
        yield batch;
      }
    },
  };
}

/** Smoothed target: 1 − ε + ε/C for the true class, ε/C for the others (Szegedy et al. 2016). */
function writeTarget(
  targets: Float32Array,
  slot: number,
  { label, columns, smoothing }: { label: number; columns: number; smoothing: number },
): void {
  if (columns === 1) {
    targets[slot] = label * (1 - smoothing) + smoothing / 2;
    return;
  }
  for (let c = 0; c < columns; c++)
    targets[slot * columns + c] = (c === label ? 1 - smoothing : 0) + smoothing / columns;
}
