// Model files in memory for tests that care for the form of a model, not for what it knows: any graph, or one of the
// networks with its initial (random) weights.
import { buildInferenceGraph, type Graph, initialWeights, layOut } from '../../src/graph/index.ts';
import { decodeModelFile, encodeModelFile, type ModelFile, networkFor } from '../../src/models/index.ts';

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
  const bytes = encodeModelFile(graph, {
    schemaVersion: 1,
    name: 'test',
    kind,
    classNames: [...classNames],
    preprocessing: { imageSizePx, fit: 'crop', filter: 'bilinear', mean: [120, 110, 100], std: [60, 60, 60] },
    configuration: {},
    metrics: {},
    temperature: 1,
    dataset: { md5: '0'.repeat(32), counts: {} },
    lineage: {
      createdAt: '2026-01-01T00:00:00.000Z',
      pawprintVersion: '0.1.0',
      gitCommit: null,
      command: 'test',
      seed: 5,
    },
  });
  return decodeModelFile(bytes, 'test');
}
