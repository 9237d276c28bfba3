import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../core/index.ts';
import { appendGraph, type Graph, GraphBuilder, int, readOnnx, subgraph, writeOnnx } from '../../graph/index.ts';
import { tensorFromRecord } from '../../image/index.ts';
import type { ModelFile } from '../../models/index.ts';
import { createSession } from '../../runtime/index.ts';
import { graphModel, networkModel } from '../../../tests/support/network-model.ts';
import { createExplainer } from './explainer.ts';
import { findTail } from './feature-map.ts';

const imageSizePx = 16;
const plane = imageSizePx ** 2;
const randomRecord = (seed: number): Uint8Array => {
  const random = createRandom('record', seed);
  return Uint8Array.from({ length: 3 * plane }, () => random.integer(256));
};
const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
const classNamesOf = (count: number): string[] => ['ants', 'bees', 'cats'].slice(0, count);

async function run(graph: Graph, feeds: Readonly<Record<string, Float32Array>>): Promise<Float32Array> {
  const session = await createSession(writeOnnx(graph), { threads: 1 });
  const inputs = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      { data: feeds[name] ?? new Float32Array(0), dims: shape.map(Number) },
    ]),
  );
  const outputs = await session.run(inputs);
  await session.release();
  const data = outputs[graph.outputs[0]?.name ?? '']?.data;
  assert.ok(data instanceof Float32Array);
  return data;
}

/** Conv 3 × 3 → ReLU → mean over all positions → one linear layer. */
function pooledModel(classCount: number): ModelFile {
  const random = createRandom('pooled', classCount);
  const normal = (...dims: number[]): { dtype: 'float32'; dims: number[]; data: Float32Array } => ({
    dtype: 'float32',
    dims,
    data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal() / 2),
  });
  const columns = classCount === 2 ? 1 : classCount;
  const b = new GraphBuilder();
  const image = b.input('image', 'float32', ['N', 3, imageSizePx, imageSizePx]);
  const map = b.node('Relu', [b.node('Conv', [image, b.initializer('kernel', normal(5, 3, 3, 3))])]);
  const features = b.node('Flatten', [b.node('GlobalAveragePool', [map])], { axis: int(1) });
  const head = [b.initializer('weight', normal(5, columns)), b.initializer('bias', normal(columns))];
  const logits = b.node('Gemm', [features, ...head], {}, 'logits');
  return graphModel(b.build('pooled', [logits]), { kind: 'cnn', classNames: classNamesOf(classCount), imageSizePx });
}

for (const classCount of [2, 3])
  test(`average pooling and a linear layer, ${classCount} classes: the map's mean plus bias is the logit`, async () => {
    const explainer = await createExplainer(pooledModel(classCount));
    assert.deepEqual([explainer.method, explainer.exact], ['cam', true]);
    for (let labelIndex = 0; labelIndex < classCount; labelIndex++) {
      const explained = await explainer.explainRecord(randomRecord(labelIndex), { labelIndex });
      const { map, offset, prediction, height, width, logit } = explained;
      assert.deepEqual([height, width, map.length], [14, 14, 196]);
      const [only = NaN] = prediction.logits;
      const own = classCount === 2 ? (labelIndex === 1 ? only : -only) : (prediction.logits[labelIndex] ?? NaN);
      assert.ok(offset !== null && Math.abs(own) > 1e-3);
      assert.ok(Math.abs(logit - own) < 1e-5, `${logit} and ${own}`);
      assert.ok(Math.abs(sum(map) / map.length + offset - own) < 1e-5, `${sum(map) / map.length} + ${offset} ≠ ${own}`);
    }
    await explainer.close();
  });

test('a model linear in the pixels: the contributions plus bias are the logit, and each is weight × value', async () => {
  const file = networkModel({ kind: 'logistic-regression', classNames: ['ants', 'bees'], imageSizePx });
  const explainer = await createExplainer(file);
  assert.deepEqual([explainer.method, explainer.exact], ['pixel-contribution', true]);
  const record = randomRecord(7);
  const { map, offset, logit, prediction } = await explainer.explainRecord(record, { labelIndex: 1 });
  assert.ok(Math.abs(sum(map) + (offset ?? NaN) - (prediction.logits[0] ?? NaN)) < 1e-4);
  // A pixel set to the mean (0 after preprocessing) takes its contribution out of the logit.
  for (const at of [0, 37, plane - 1]) {
    const without = Uint8Array.from(record);
    for (const [channel, mean] of [120, 110, 100].entries()) without[channel * plane + at] = mean;
    const { logit: rest } = await explainer.explainRecord(without, { labelIndex: 1 });
    assert.ok(Math.abs(logit - rest - (map[at] ?? NaN)) < 1e-4, `${logit} − ${rest} ≠ ${map[at]}`);
  }
  await explainer.close();
});

test('Grad-CAM of the CNN: its weights are the slopes that finite differences measure', async () => {
  const file = networkModel({ kind: 'cnn', classNames: ['ants', 'bees', 'cats'], imageSizePx });
  const explainer = await createExplainer(file);
  assert.deepEqual([explainer.method, explainer.exact], ['grad-cam', false]);
  const { graph } = readOnnx(file.bytes, { what: 'test', batch: 1 });
  const tail = findTail(graph, 'test');
  const [, channels = 0, height = 0, width = 0] = tail.featureMap.shape.map(Number);
  const b = new GraphBuilder();
  const features = b.input('features', 'float32', tail.featureMap.shape);
  const part = { ...graph, inputs: [tail.featureMap], outputs: [tail.logits], nodes: tail.nodes };
  const read = new Set(tail.nodes.flatMap(({ inputs }) => inputs));
  const initializers = graph.initializers.filter(({ value }) => read.has(value));
  const values = appendGraph(b, { ...part, initializers }, { inputs: { [tail.featureMap.name]: features } });
  const logits = values.get(tail.logits.name);
  assert.ok(logits !== undefined);
  const rest = b.build('rest', [logits]);
  const record = randomRecord(3);
  const image = new Float32Array(record.length);
  tensorFromRecord(record, explainer.metadata.preprocessing, image, 0);
  const activations = await run(subgraph(graph, [tail.featureMap.name]), { image });
  const cells = height * width;
  for (const labelIndex of [0, 2]) {
    const expected = new Float32Array(cells);
    for (let c = 0; c < channels; c++) {
      const at = async (step: number): Promise<number> => {
        const moved = activations.map((value, i) => (Math.floor(i / cells) === c ? value + step : value));
        return (await run(rest, { features: moved }))[labelIndex] ?? NaN;
      };
      const slope = ((await at(0.01)) - (await at(-0.01))) / 0.02;
      for (let i = 0; i < cells; i++) expected[i] = (expected[i] ?? 0) + slope * (activations[c * cells + i] ?? 0);
    }
    const { map, offset, ...explained } = await explainer.explainRecord(record, { labelIndex });
    assert.deepEqual([explained.height, explained.width, offset], [height, width, null]);
    const scale = Math.max(...expected.map(Math.abs));
    assert.ok(scale > 1e-3);
    for (const [i, value] of map.entries())
      assert.ok(Math.abs(value - (expected[i] ?? NaN)) < 2e-3 * scale, `${i}: ${value} ≠ ${expected[i]}`);
  }
  await explainer.close();
});

test('of two classes, what speaks for one speaks against the other; a class or record that is none is refused', async () => {
  const explainer = await createExplainer(networkModel({ kind: 'cnn', classNames: ['cats', 'dogs'], imageSizePx }));
  const [cats, dogs] = [
    await explainer.explainRecord(randomRecord(1), { labelIndex: 0 }),
    await explainer.explainRecord(randomRecord(1), { labelIndex: 1 }),
  ];
  assert.ok(dogs.map.some((value) => Math.abs(value) > 1e-6));
  assert.deepEqual(
    dogs.map,
    cats.map.map((value) => -value),
  );
  const unasked = await explainer.explainRecord(randomRecord(1));
  assert.equal(unasked.labelIndex, unasked.prediction.labelIndex);
  assert.deepEqual([explainer.labelOf('DOG'), explainer.labelOf('cats')], [1, 0]);
  assert.throws(() => explainer.labelOf('horse'), { code: 'USAGE' });
  await assert.rejects(explainer.explainRecord(randomRecord(1), { labelIndex: 2 }), { code: 'USAGE' });
  await assert.rejects(explainer.explainRecord(new Uint8Array(5)), { code: 'SCORES_INVALID' });
  await explainer.close();
});

test('a model without a map of features whose logits are not linear in the pixels cannot be explained', async () => {
  const b = new GraphBuilder();
  const image = b.input('image', 'float32', ['N', 3, imageSizePx, imageSizePx]);
  const pixels = b.node('Flatten', [image], { axis: int(1) });
  const weight = b.floats(new Float32Array(3 * plane).fill(0.01), [3 * plane, 1]);
  const logits = b.node('Tanh', [b.node('MatMul', [pixels, weight])], {}, 'logits');
  const file = graphModel(b.build('bent', [logits]), { kind: 'cnn', classNames: ['cats', 'dogs'], imageSizePx });
  await assert.rejects(createExplainer(file, { name: 'bent.onnx' }), { code: 'MODEL_INVALID', message: /bent\.onnx/ });
});
