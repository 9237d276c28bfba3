// A graph that was read in as a network: its dropout draws from the step's inputs, its chosen numbers train from where
// they stood, and it is served with any batch size.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  appendGraph,
  binaryCrossEntropy,
  buildInferenceGraph,
  buildTrainingStep,
  checkGraph,
  GraphBuilder,
  importedNetwork,
  initialWeights,
  numbersOf,
  readOnnx,
  sgd,
  startFromImported,
  writeOnnx,
} from '../../src/graph/index.ts';
import { createSession, type Tensor } from '../../src/runtime/index.ts';
import { uniform } from './finite-differences.ts';
import { floatTensor, onnxFile } from './onnx-file.ts';

const tensor = (name: string, dims: readonly number[], seed: number, low = -1) =>
  floatTensor(name, dims, [...uniform(dims, seed, low).data]);

/** Conv → batch norm → ReLU → dropout → mean → fully connected, as an exporter writes it. */
const file = onnxFile({
  inputs: { photo: [1, 3, 8, 8] },
  outputs: ['score'],
  nodes: [
    { op: 'Conv', name: '/stem/Conv', inputs: ['photo', 'stem.w'], outputs: ['a'] },
    {
      op: 'BatchNormalization',
      name: '/norm/BN',
      inputs: ['a', 'norm.s', 'norm.b', 'norm.m', 'norm.v'],
      outputs: ['b'],
    },
    { op: 'Relu', name: '/Relu', inputs: ['b'], outputs: ['c'] },
    { op: 'Dropout', name: '/drop/Dropout', inputs: ['c', 'ratio'], outputs: ['d', 'mask'] },
    { op: 'GlobalAveragePool', name: '/pool', inputs: ['d'], outputs: ['e'] },
    { op: 'Flatten', name: '/Flatten', inputs: ['e'], outputs: ['features'] },
    {
      op: 'Gemm',
      name: '/fc/Gemm',
      inputs: ['features', 'fc.w', 'fc.b'],
      outputs: ['score'],
      attributes: { transB: 1 },
    },
  ],
  initializers: [
    tensor('stem.w', [4, 3, 3, 3], 1),
    tensor('norm.s', [4], 2, 0.5),
    tensor('norm.b', [4], 3),
    tensor('norm.m', [4], 4),
    tensor('norm.v', [4], 5, 0.5),
    floatTensor('ratio', [], [0.5]),
    tensor('fc.w', [1, 4], 6),
    tensor('fc.b', [1], 7),
  ],
});

test('training draws dropout from inputs, moves only what is trained, and serves what it trained', async () => {
  const { graph } = readOnnx(file);
  const batch = 3;
  const trained = ['norm.s', 'fc.w', 'fc.b'];
  const network = importedNetwork(graph, { output: 'score', trainable: (name) => trained.includes(name) });
  const step = buildTrainingStep({
    network,
    imageShape: [batch, 3, 8, 8],
    targetColumns: 1,
    loss: binaryCrossEntropy,
    optimiser: sgd({ momentum: 0 }),
  });
  checkGraph(step.graph);
  const names = step.layout.parameters.map(({ spec }) => [spec.name, spec.decay]);
  assert.deepEqual(names, [
    ['norm.s', false],
    ['fc.w', true],
    ['fc.b', false],
  ]);
  assert.deepEqual(
    step.uniforms.map(({ shape }) => shape),
    [[batch, 4, 6, 6]],
  );
  const weights = initialWeights(step.layout, 1);
  startFromImported(step.layout, weights, graph);
  assert.deepEqual(numbersOf(step.layout, weights, 'fc.w'), Float32Array.from(uniform([1, 4], 6).data));

  const photo = uniform([batch, 3, 8, 8], 9);
  const size = step.layout.parameterCount;
  const session = await createSession(writeOnnx(step.graph));
  const run = (uniforms: Float32Array) =>
    session.run({
      image: photo,
      targets: { dims: [batch, 1], data: Float32Array.of(0, 1, 1) },
      weights: { dims: [batch, 1], data: new Float32Array(batch).fill(1) },
      uniform: { dims: [batch, 4, 6, 6], data: uniforms },
      parameters: { dims: [size], data: weights.parameters },
      'state/velocity': { dims: [size], data: new Float32Array(size) },
      'scalar/stepSize': { dims: [], data: Float32Array.of(0.1) },
    });
  const draws = uniform([batch, 4, 6, 6], 10, 0, 1).data;
  const [once, again] = [await run(draws), await run(draws)];
  assert.deepEqual(once, again, 'the same draws give the same step');
  assert.notDeepEqual((await run(draws.toReversed()))['logits'], once['logits'], 'other draws drop others');
  const next = once['next/parameters'];
  assert.ok(next?.data instanceof Float32Array);
  next.data.forEach((value, i) => assert.notEqual(value, weights.parameters[i], `parameter ${i} moved`));
  await session.release();

  const served = buildInferenceGraph({ network, layout: step.layout, weights, imageSizePx: 8 });
  const [ours, theirs] = [await createSession(writeOnnx(checkGraph(served))), await createSession(file)];
  const { logits } = await ours.run({ image: photo });
  const one = (i: number): Tensor => ({ dims: [1, 3, 8, 8], data: photo.data.slice(i * 192, (i + 1) * 192) });
  for (let i = 0; i < batch; i++) {
    const { score } = await theirs.run({ photo: one(i) });
    assert.ok(Math.abs(Number(score?.data[0]) - Number(logits?.data[i])) < 1e-5, `photo ${i}`);
  }
  await ours.release();
  await theirs.release();
});

test('a network ends where it is told to: a new head sits on the features', () => {
  const { graph } = readOnnx(file);
  const b = new GraphBuilder();
  const values = appendGraph(b, graph, { inputs: { photo: b.input('image', 'float32', ['N', 3, 8, 8]) } });
  assert.deepEqual(values.get('features')?.shape, ['N', 4]);
  assert.equal(b.nodes[0]?.name, '/stem/Conv');
  checkGraph(b.build('features', [b.node('Tanh', [values.get('features')])]));
});

test('what does not fit is refused by name', () => {
  const { graph } = readOnnx(file);
  const b = new GraphBuilder();
  assert.throws(() => appendGraph(b, graph, { inputs: {} }), /input photo of graph g is not given/);
  const wrongType = b.input('bytes', 'uint8', [1, 3, 8, 8]);
  assert.throws(() => appendGraph(b, graph, { inputs: { photo: wrongType } }), /input photo of graph g is not given/);
  const narrow = b.input('narrow', 'float32', [1, 1, 8, 8]);
  assert.throws(
    () => appendGraph(b, graph, { inputs: { photo: narrow } }),
    /Conv node \/stem\/Conv: input has 1 channels/,
  );
  const network = importedNetwork(graph, { output: 'nowhere', trainable: () => false });
  const spec = { network, imageShape: [1, 3, 8, 8], targetColumns: 1, loss: binaryCrossEntropy, optimiser: sgd() };
  assert.throws(() => buildTrainingStep(spec), /graph g has no value nowhere/);
  const twoInputs = { ...graph, inputs: [...graph.inputs, ...graph.inputs] };
  assert.throws(() => importedNetwork(twoInputs, { output: 'score', trainable: () => false }), /cannot be a network/);
});
