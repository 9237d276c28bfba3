import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInferenceGraph, float, type Graph, GraphBuilder, initialWeights, int, layOut } from '../graph/index.ts';
import { decodeImage } from '../image/index.ts';
import { isKnownAnswer } from './is-known-answer.ts';
import { withKnownAnswer } from './known-answer.ts';
import { decodeModelFile } from './model-file.ts';
import type { KnownAnswer, ModelMetadata } from './model-metadata.ts';
import { networkFor } from './network-for.ts';
import { encodeModelFile } from './write-model-file.ts';

const sizePx = 24;
const preprocessing: ModelMetadata['preprocessing'] = {
  imageSizePx: sizePx,
  fit: 'crop',
  filter: 'bilinear',
  mean: [120, 110, 100],
  std: [60, 60, 60],
};

function randomCnn(classCount: number, seed: number): Graph {
  const network = networkFor('cnn', classCount, { channels: [8, 16], hidden: 20, dropout: 0 });
  const layout = layOut(network, [1, 3, sizePx, sizePx]);
  return buildInferenceGraph({ network, layout, weights: initialWeights(layout, seed), imageSizePx: sizePx });
}

/** image → logits by one matrix; `quantised`: of activations rounded to 8 bits. */
function linearGraph(weight: number, { quantised }: { readonly quantised: boolean }): Graph {
  const b = new GraphBuilder();
  const image = b.input('image', 'float32', ['N', 3, sizePx, sizePx]);
  const scalar = (name: string, value: number) =>
    b.initializer(name, { dtype: 'float32', dims: [], data: Float32Array.of(value) });
  const zero = (name: string) => b.initializer(name, { dtype: 'uint8', dims: [], data: Uint8Array.of(128) });
  const rounded = (): typeof image => {
    const [scale, zeroPoint] = [scalar('scale', 0.02), zero('zero')];
    const bytes = b.node('QuantizeLinear', [image, scale, zeroPoint], {}, 'bytes');
    return b.node('DequantizeLinear', [bytes, scale, zeroPoint], {}, 'rounded');
  };
  const flat = b.node('Flatten', [quantised ? rounded() : image], { axis: int(1) }, 'flat');
  const data = Float32Array.from({ length: 3 * sizePx ** 2 }, (_, i) => (i % 7 === 0 ? weight : weight / 3));
  const weights = b.initializer('weights', { dtype: 'float32', dims: [1, data.length], data });
  return b.build('linear', [b.node('Gemm', [flat, weights], { transB: int(1), alpha: float(1) }, 'logits')]);
}

function metadataOf(classNames: readonly string[], more: Partial<ModelMetadata['preprocessing']> = {}): ModelMetadata {
  return {
    schemaVersion: 1,
    name: 'test',
    kind: 'cnn',
    classNames: [...classNames],
    preprocessing: { ...preprocessing, ...more },
    configuration: {},
    metrics: {},
    temperature: 1,
    dataset: { md5: '', counts: {} },
    lineage: { createdAt: '', pawprintVersion: '0', gitCommit: null, command: '', seed: 0 },
  };
}
const two = ['cats', 'dogs'];

async function answerOf(graph: Graph, metadata = metadataOf(two)): Promise<KnownAnswer> {
  const { knownAnswer, ...rest } = await withKnownAnswer(graph, metadata);
  assert.deepEqual(rest, metadata);
  assert.ok(knownAnswer !== undefined);
  return knownAnswer;
}

test('a small JPEG picture and one logit for two classes, one a class for more; the file keeps them', async () => {
  const graph = randomCnn(2, 3);
  const answer = await answerOf(graph);
  const jpeg = Buffer.from(answer.image, 'base64');
  assert.ok(jpeg.length <= 15_000, `${jpeg.length} bytes`);
  assert.deepEqual(jpeg.subarray(0, 3), Buffer.from([0xff, 0xd8, 0xff]));
  const { pixels } = await decodeImage(jpeg);
  assert.deepEqual([pixels.width, pixels.height], [80, 60]);
  assert.equal(answer.logits.length, 1);
  assert.equal((await answerOf(randomCnn(5, 3), metadataOf(['a', 'b', 'c', 'd', 'e']))).logits.length, 5);
  const bytes = encodeModelFile(graph, { ...metadataOf(two), knownAnswer: answer });
  assert.deepEqual(decodeModelFile(bytes, 'test').metadata.knownAnswer, answer);
  assert.deepEqual(await answerOf(graph), answer, 'asked again, it is the same to the last bit');
});

test('other weights, and any other preprocessing, give another answer', async () => {
  const graph = randomCnn(2, 3);
  const known = await answerOf(graph);
  assert.equal(known.tolerance, 1e-3 * Math.max(1, Math.abs(known.logits[0] ?? 0)));
  assert.ok(!isKnownAnswer((await answerOf(randomCnn(2, 4))).logits, known));
  const others: readonly Partial<ModelMetadata['preprocessing']>[] = [
    { fit: 'stretch' },
    { fit: 'pad' },
    { filter: 'box' },
    { mean: [100, 110, 120] },
    { std: [60, 60, 66] },
  ];
  for (const other of others) {
    const { logits } = await answerOf(graph, metadataOf(two, other));
    assert.ok(!isKnownAnswer(logits, known), `${JSON.stringify(other)}: ${String(logits)} for ${String(known.logits)}`);
  }
});

test('the tolerance grows with float logits and is one half where activations are quantised', async () => {
  const small = await answerOf(linearGraph(1e-4, { quantised: false }));
  assert.ok(Math.abs(small.logits[0] ?? 9) < 1);
  assert.equal(small.tolerance, 1e-3);
  const large = await answerOf(linearGraph(1, { quantised: false }));
  assert.ok(Math.abs(large.logits[0] ?? 0) > 10);
  assert.equal(large.tolerance, 1e-3 * Math.abs(large.logits[0] ?? 0));
  assert.equal((await answerOf(linearGraph(1, { quantised: true }))).tolerance, 0.5);
});

test('a logit agrees up to the tolerance and not beyond; none, too many and NaN never do', () => {
  const known: KnownAnswer = { image: 'AAAA', logits: [2, -3], tolerance: 0.25 };
  for (const received of [
    [2, -3],
    [2.25, -3.25],
    [1.75, -2.75],
  ])
    assert.ok(isKnownAnswer(received, known), String(received));
  for (const received of [[2.26, -3], [2, -2.74], [], [2], [2, -3, 0], [NaN, -3], [2, Infinity]])
    assert.ok(!isKnownAnswer(received, known), String(received));
});

test('a graph whose logits are no numbers is refused', async () => {
  await assert.rejects(answerOf(linearGraph(NaN, { quantised: false })), { code: 'MODEL_INVALID' });
});
