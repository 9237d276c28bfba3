// ONNX files in: the pretrained backbone gives the same numbers after reading and writing, and can be trained on; files
// of other operator sets come out right; what cannot be used is refused by name.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom } from '../../src/core/index.ts';
import {
  adamW,
  buildTrainingStep,
  checkGraph,
  elementCount,
  type Graph,
  importedNetwork,
  initialWeights,
  readOnnx,
  softmaxCrossEntropy,
  startFromImported,
  type TrainingStep,
  writeOnnx,
} from '../../src/graph/index.ts';
import { createSession, type Tensor, type Tensors } from '../../src/runtime/index.ts';

const backbone = new URL('../../../shared/backbones/efficientnet-lite0.onnx', import.meta.url);
const skip = existsSync(backbone) ? false : 'the backbones (../shared/backbones) are not here';

function images(count: number, sizePx: number): Tensor {
  const random = createRandom(7, 'images');
  const dims = [count, 3, sizePx, sizePx];
  return { dims, data: Float32Array.from({ length: elementCount(dims) }, () => random.uniform(-1, 1)) };
}

function floats(tensor: Tensor | undefined): Float32Array<ArrayBuffer> {
  assert.ok(tensor !== undefined && tensor.data instanceof Float32Array);
  return Float32Array.from(tensor.data);
}

async function runOnce(model: Uint8Array, feeds: Tensors): Promise<Tensors> {
  const session = await createSession(model);
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

test('the backbone read and written again gives the same outputs', { skip }, async () => {
  const bytes = readFileSync(backbone);
  const { graph, opset } = readOnnx(bytes);
  assert.equal(opset, 17);
  assert.deepEqual(
    graph.outputs.map(({ name, shape }) => [name, shape.slice(1)]),
    [
      ['features', [1280]],
      ['logits', [1000]],
    ],
  );
  const feeds = { input: images(2, 224) };
  const [before, after] = [await runOnce(bytes, feeds), await runOnce(writeOnnx(checkGraph(graph)), feeds)];
  for (const name of ['features', 'logits']) assert.deepEqual(floats(after[name]), floats(before[name]), name);
});

interface Training {
  readonly step: TrainingStep;
  readonly losses: readonly number[];
  readonly frozenUnchanged: boolean;
}

/** A few AdamW steps on one fixed batch, from the graph's own numbers. */
async function train(graph: Graph, trainable: (name: string) => boolean, steps: number): Promise<Training> {
  const batch = 2;
  const optimiser = adamW({ weightDecay: 0 });
  const step = buildTrainingStep({
    network: importedNetwork(graph, { output: 'logits', trainable }),
    imageShape: [batch, 3, 224, 224],
    targetColumns: 1000,
    loss: softmaxCrossEntropy,
    optimiser,
  });
  checkGraph(step.graph);
  const weights = initialWeights(step.layout, 1);
  startFromImported(step.layout, weights, graph);
  const session = await createSession(writeOnnx(step.graph));
  const size = step.layout.parameterCount;
  const targets = new Float32Array(batch * 1000);
  targets[281] = 1; // tabby cat
  targets[1207] = 1; // golden retriever
  let parameters = weights.parameters;
  let states = optimiser.stateNames.map(() => new Float32Array(size));
  const losses: number[] = [];
  for (let i = 1; i <= steps; i++) {
    const feeds: Record<string, Tensor> = {
      image: images(batch, 224),
      targets: { dims: [batch, 1000], data: targets },
      weights: { dims: [batch, 1], data: new Float32Array(batch).fill(1) },
      parameters: { dims: [size], data: parameters },
    };
    optimiser.stateNames.forEach((name, s) => {
      feeds[`state/${name}`] = { dims: [size], data: states[s] ?? new Float32Array() };
    });
    for (const [name, value] of Object.entries(optimiser.scalars(i, 1e-3)))
      feeds[`scalar/${name}`] = { dims: [], data: Float32Array.of(value) };
    const outputs = await session.run(feeds);
    losses.push(floats(outputs['loss'])[0] ?? Number.NaN);
    parameters = floats(outputs['next/parameters']);
    states = optimiser.stateNames.map((name) => floats(outputs[`next/${name}`]));
  }
  await session.release();
  const frozen = graph.initializers.filter(({ value }) => !trainable(value.name));
  const written = new Map(step.graph.initializers.map(({ value, literal }) => [value.name, literal]));
  const frozenUnchanged = frozen.every(({ value, literal }) => {
    const kept = written.get(value.name);
    return kept !== undefined && Buffer.compare(Buffer.from(kept.data.buffer), Buffer.from(literal.data.buffer)) === 0;
  });
  return { step, losses, frozenUnchanged };
}

test('the backbone can be trained on: its last block, its head, and every weight of it', { skip }, async () => {
  const { graph } = readOnnx(readFileSync(backbone));
  const inLastBlock = graph.nodes.filter(({ name }) => /_blocks\.15|_conv_head|_fc/.test(name));
  const last = new Set(inLastBlock.flatMap(({ inputs }) => inputs.map((input) => input?.name)));
  const bounds = new Set(graph.nodes.flatMap(({ op, inputs }) => (op === 'Clip' ? inputs.slice(1) : [])));
  const isBound = (name: string): boolean => [...bounds].some((bound) => bound?.name === name);
  const head = await train(graph, (name) => last.has(name) && !isBound(name), 4);
  assert.equal(
    head.step.layout.parameters.length,
    10,
    'expand, depthwise, project, head and classifier: weights and biases',
  );
  assert.ok(head.frozenUnchanged);
  const [first = 0, ...later] = head.losses;
  assert.ok(
    later.every((loss, i) => loss < (head.losses[i] ?? 0)),
    `losses ${head.losses.join(', ')}`,
  );
  assert.ok((later.at(-1) ?? first) < first / 2, `losses ${head.losses.join(', ')}`);

  const whole = await train(graph, (name) => !isBound(name), 2);
  assert.equal(whole.step.layout.parameters.length, 100);
  assert.ok((whole.losses[1] ?? 0) < (whole.losses[0] ?? 0), `losses ${whole.losses.join(', ')}`);
});
