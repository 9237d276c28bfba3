// Model files in memory for tests that care for the form of a model, not for what it knows: any graph, or one of the
// networks with its initial (random) weights.
import { buildInferenceGraph, type Graph, initialWeights, layOut } from '../../src/graph/index.ts';
import { decodeModelFile, encodeModelFile, type ModelFile, networkFor } from '../../src/models/index.ts';
import { testMetadata } from './test-metadata.ts';

export interface NetworkModelOptions {
  readonly kind: 'cnn' | 'logistic-regression';
  readonly classNames: readonly string[];
  readonly imageSizePx: number;
}

/** The network with weights as before the first step, drawn from a fixed seed. */
export function networkModel({ kind, classNames, imageSizePx }: NetworkModelOptions): ModelFile {
  const network = networkFor(kind, classNames.length, { channels: [6, 8], hidden: 10, dropout: 0.2 });
  const layout = layOut(network, [1, 3, imageSizePx, imageSizePx]);
  const graph = buildInferenceGraph({ network, layout, weights: initialWeights(layout, 5), imageSizePx });
  return graphModel(graph, { kind, classNames, imageSizePx });
}

/** A model file of a graph with an input `image` [N, 3, S, S] and an output `logits`. */
export function graphModel(graph: Graph, { kind, classNames, imageSizePx }: NetworkModelOptions): ModelFile {
  const metadata = testMetadata({
    name: 'test',
    kind,
    classNames: [...classNames],
    preprocessing: { imageSizePx, fit: 'crop', filter: 'bilinear', mean: [120, 110, 100], std: [60, 60, 60] },
  });
  const bytes = encodeModelFile(graph, metadata);
  return decodeModelFile(bytes, 'test');
}
