// A prepared data set of drawn cats and dogs that is never written: records straight from the drawing.
import { createRandom } from '../../src/core/index.ts';
import type { PreparedDataset, PreparedSplit, SplitName } from '../../src/data/index.ts';
import { createPreprocessor, drawAnimal, resizePixels } from '../../src/image/index.ts';

export interface DrawnDatasetOptions {
  readonly counts: Readonly<Record<SplitName, number>>;
  readonly imageSizePx: number;
}

/** `counts` pictures in each split, cats and dogs in turn. The same arguments, the same pictures. */
export function drawnDataset({ counts, imageSizePx }: DrawnDatasetOptions): PreparedDataset {
  const preprocessing = { imageSizePx, fit: 'stretch', filter: 'bilinear' } as const;
  const preprocessor = createPreprocessor(preprocessing);
  const split = (name: SplitName): PreparedSplit => {
    const records = Array.from({ length: counts[name] }, (_, i) => {
      const random = createRandom('drawn', name, i);
      const pixels = drawAnimal({ label: i % 2 === 1 ? 'dog' : 'cat', random });
      return preprocessor.recordFromPixels(resizePixels(pixels, { width: 2 * imageSizePx, height: 2 * imageSizePx }));
    });
    return {
      name,
      entries: [],
      count: records.length,
      labels: Uint8Array.from(records, (_, i) => i % 2),
      recordBytes: 3 * imageSizePx ** 2,
      readRecord: (index, target, offset) => {
        target.set(records[index] ?? [], offset);
      },
    };
  };
  const splits = { train: split('train'), validation: split('validation'), test: split('test') };
  return {
    directory: 'drawn',
    sourceDirectory: 'drawn',
    manifest: {
      schemaVersion: 1,
      datasetMd5: '0'.repeat(32),
      classNames: ['cats', 'dogs'],
      source: '.',
      preprocessing,
      seed: 1,
      counts: { train: {}, validation: {}, test: {} },
      leftOut: {},
      rowsSha256: '0'.repeat(64),
      shards: [],
    },
    split: (name) => splits[name],
    close: () => undefined,
  };
}
