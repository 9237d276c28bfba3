// A transfer model in a second: a pretrained backbone with the head of nearest class means on the features of a few
// labelled photos. Weak beside `pawprint train`, but of the same form: backbone, average pooling, one linear layer.
import { readFileSync } from 'node:fs';
import { appendGraph, type Graph, GraphBuilder, int, readOnnx, subgraph, writeOnnx } from '../../src/graph/index.ts';
import { createPreprocessor, type Preprocessing, tensorFromRecord } from '../../src/image/index.ts';
import { type ModelMetadata, writeModelFile } from '../../src/models/index.ts';
import { createSession } from '../../src/runtime/index.ts';

export interface TransferModelSpec {
  /** An ONNX file with an output `features` [N, d]. */
  readonly backbone: string | URL;
  /** Photo files of each of two classes. */
  readonly photos: readonly [readonly string[], readonly string[]];
  readonly preprocessing: Preprocessing;
  readonly classNames: readonly [string, string];
}

/** Writes the model file: logit = s·(μ₁ − μ₀)·(x − (μ₀ + μ₁)/2), s such that the photos' logits are about ±3. */
export async function writeTransferModel(path: string, spec: TransferModelSpec): Promise<void> {
  const backbone = subgraph(readOnnx(readFileSync(spec.backbone)).graph, ['features']);
  const means = [];
  for (const files of spec.photos) means.push(await meanFeatures(backbone, files, spec.preprocessing));
  const [first, second] = means;
  if (first === undefined || second === undefined) throw new Error('two classes');
  const weights = second.map((value, i) => value - (first[i] ?? 0));
  const squared = weights.reduce((sum, weight) => sum + weight * weight, 0);
  const scaled = weights.map((weight) => (6 * weight) / squared);
  const bias = -scaled.reduce((sum, weight, i) => sum + (weight * ((first[i] ?? 0) + (second[i] ?? 0))) / 2, 0);
  await writeModelFile(path, withHead(backbone, scaled, bias), metadataOf(spec));
}

async function meanFeatures(
  backbone: Graph,
  files: readonly string[],
  preprocessing: Preprocessing,
): Promise<Float32Array> {
  const session = await createSession(writeOnnx(backbone));
  const preprocessor = createPreprocessor(preprocessing);
  const size = preprocessing.imageSizePx;
  let sum: Float32Array | undefined;
  for (const file of files) {
    const image = new Float32Array(3 * size * size);
    tensorFromRecord(await preprocessor.record(readFileSync(file)), preprocessing, image, 0);
    const feeds = { [backbone.inputs[0]?.name ?? '']: { data: image, dims: [1, 3, size, size] } };
    const features = (await session.run(feeds))['features']?.data;
    if (!(features instanceof Float32Array)) throw new Error('the backbone gives float32 features');
    const before: Float32Array = sum ?? new Float32Array(features.length);
    sum = before.map((value, i) => value + (features[i] ?? 0) / files.length);
  }
  await session.release();
  return sum ?? new Float32Array(0);
}

function withHead(backbone: Graph, weights: Float32Array, bias: number): Graph {
  const b = new GraphBuilder();
  const [input] = backbone.inputs;
  const image = b.input('image', 'float32', ['N', ...(input?.shape.slice(1) ?? [])]);
  const features = appendGraph(b, backbone, { inputs: { [input?.name ?? '']: image } }).get('features');
  const weight = b.initializer('head/weight', { dtype: 'float32', dims: [1, weights.length], data: weights });
  const offset = b.initializer('head/bias', { dtype: 'float32', dims: [1], data: Float32Array.of(bias) });
  return b.build('classifier', [b.node('Gemm', [features, weight, offset], { transB: int(1) }, 'logits')]);
}

function metadataOf({ classNames, preprocessing }: TransferModelSpec): ModelMetadata {
  return {
    schemaVersion: 1,
    name: 'transfer',
    kind: 'transfer',
    classNames: [...classNames],
    preprocessing,
    configuration: {},
    metrics: {},
    temperature: 1,
    dataset: { md5: '0'.repeat(32), counts: {} },
    lineage: {
      createdAt: '2026-01-01T00:00:00.000Z',
      pawprintVersion: '0.1.0',
      gitCommit: null,
      command: 'test',
      seed: 0,
    },
  };
}
