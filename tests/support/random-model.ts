// A model file that a service will serve, of any classes, that knows nothing: its weights are those before the first
// step, and it is sure of no picture.
import { writeFile } from 'node:fs/promises';
import { buildInferenceGraph, initialWeights, layOut } from '../../src/graph/index.ts';
import { encodeModelFile, networkFor, withKnownAnswer } from '../../src/models/index.ts';
import { testMetadata } from './test-metadata.ts';

export async function writeRandomModel(path: string, classNames: readonly string[]): Promise<void> {
  const imageSizePx = 32;
  const network = networkFor('cnn', classNames.length, { channels: [6, 8], hidden: 10, dropout: 0.2 });
  const layout = layOut(network, [1, 3, imageSizePx, imageSizePx]);
  const graph = buildInferenceGraph({ network, layout, weights: initialWeights(layout, 5), imageSizePx });
  const metadata = testMetadata({
    name: 'random',
    kind: 'cnn',
    classNames: [...classNames],
    preprocessing: { imageSizePx, fit: 'pad', filter: 'box', mean: [120, 110, 100], std: [60, 60, 60] },
    abstention: {
      threshold: 0.999,
      targetError: 0.01,
      level: 0.95,
      errorBound: 0.01,
      coverage: 0.5,
      photos: 100,
      fittedOn: 'validation',
    },
  });
  await writeFile(path, encodeModelFile(graph, await withKnownAnswer(graph, metadata)));
}
