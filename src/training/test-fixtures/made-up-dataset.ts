// Test support: a prepared data set in memory. Class 0 is brighter in its upper half, class 1 in its lower half.
import { createRandom } from '../../core/index.ts';
import { type PreparedDataset, type PreparedSplit, type SplitName } from '../../data/index.ts';

/** `counts` photos of each class in each split, S × S pixels of noise around the class's pattern. */
export function madeUpDataset(
  counts: Readonly<Record<SplitName, readonly number[]>>,
  { imageSizePx = 16, seed = 1 }: { readonly imageSizePx?: number; readonly seed?: number } = {},
): PreparedDataset {
  const recordBytes = 3 * imageSizePx ** 2;
  const split = (name: SplitName): PreparedSplit => {
    const labels = Uint8Array.from(counts[name].flatMap((count, label) => Array<number>(count).fill(label)));
    return {
      name,
      entries: [],
      count: labels.length,
      labels,
      recordBytes,
      readRecord: (index, target, offset) => {
        const random = createRandom(seed, name, index);
        const upper = labels[index] === 0;
        for (let i = 0; i < recordBytes; i++) {
          const row = Math.floor((i % imageSizePx ** 2) / imageSizePx);
          const bright = row < imageSizePx / 2 === upper;
          target[offset + i] = random.integer(160) + (bright ? 90 : 30);
        }
      },
    };
  };
  const classNames = counts.train.map((_, label) => `class${label}`);
  return {
    directory: 'made-up',
    sourceDirectory: 'made-up',
    manifest: {
      schemaVersion: 1,
      datasetMd5: '0'.repeat(32),
      classNames,
      source: '.',
      preprocessing: { imageSizePx, fit: 'stretch', filter: 'bilinear' },
      seed,
      counts: { train: {}, validation: {}, test: {} },
      leftOut: {},
      rowsSha256: '0'.repeat(64),
      shards: [],
    },
    split,
    close: () => undefined,
  };
}
