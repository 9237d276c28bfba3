// The training graph against PyTorch's numbers for a small network: logits, every gradient, five AdamW steps, running
// statistics and evaluation logits (../shared/reference/small-cnn-step.json, made by PyTorch).
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  adamW,
  binaryCrossEntropy,
  buildInferenceGraph,
  buildTrainingStep,
  numbersOf,
  type Weights,
  writeOnnx,
} from '../../src/graph/index.ts';
import { cnn } from '../../src/models/index.ts';
import { createSession, type Tensor } from '../../src/runtime/index.ts';

interface Reference {
  batch: number;
  size: number;
  channels: number[];
  hidden: number;
  x: number[];
  y: number[];
  initial: Record<string, number[]>;
  logits: number[];
  gradients: Record<string, number[]>;
  loss_per_step: number[];
  optimizer: { lr: number; weight_decay: number };
  after_5_steps: Record<string, number[]>;
  running_mean: Record<string, number[]>;
  running_var: Record<string, number[]>;
  eval_logits: number[];
}

const file = new URL('../../../shared/reference/small-cnn-step.json', import.meta.url);
const skip = existsSync(file) ? false : 'the PyTorch reference (../shared/reference) is not here';

/** PyTorch's parameter names, in ours. */
function ourName(theirs: string): string {
  return theirs
    .replace(/^conv(\d)\./, 'block$1/conv/')
    .replace(/^bn(\d)\./, 'block$1/norm/')
    .replace(/^fc1\./, 'hidden/')
    .replace(/^fc2\./, 'output/');
}

/** Largest difference, relative to the tensor's largest value. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  assert.equal(actual.length, expected.length);
  const scale = Math.max(...expected.map(Math.abs), 1e-12);
  return Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN)) / scale));
}

function floatData(tensor: Tensor | undefined): Float32Array<ArrayBuffer> {
  assert.ok(tensor !== undefined && tensor.data instanceof Float32Array);
  return Float32Array.from(tensor.data);
}

test(
  'a small CNN reproduces PyTorch: logits, gradients, five AdamW steps, running statistics, evaluation',
  { skip },
  async () => {
    const r = JSON.parse(readFileSync(file, 'utf8')) as Reference;
    const network = cnn({ channels: r.channels, hidden: r.hidden, dropout: 0, outputs: 1 });
    const imageShape = [r.batch, 3, r.size, r.size];
    const optimiser = adamW({ weightDecay: r.optimizer.weight_decay });
    // PyTorch's AdamW decays every parameter, so the mask is off: here all specs decay through a network wrapper.
    const step = buildTrainingStep({
      network: (context, image) =>
        network({ ...context, parameter: (spec) => context.parameter({ ...spec, decay: true }) }, image),
      imageShape,
      targetColumns: 1,
      loss: binaryCrossEntropy,
      optimiser,
      exposeGradient: true,
    });
    const { layout } = step;
    const session = await createSession(writeOnnx(step.graph), { threads: 1 });
    const weights: Weights = {
      parameters: new Float32Array(layout.parameterCount),
      statistics: new Float32Array(layout.statisticCount),
    };
    for (const { spec, offset, size } of layout.statistics)
      weights.statistics.fill(spec.initial, offset, offset + size);
    for (const [name, values] of Object.entries(r.initial)) numbersOf(layout, weights, ourName(name)).set(values);

    const feeds: Record<string, Tensor> = {
      image: { data: Float32Array.from(r.x), dims: imageShape },
      targets: { data: Float32Array.from(r.y), dims: [r.batch, 1] },
      weights: { data: new Float32Array(r.batch).fill(1), dims: [r.batch, 1] },
    };
    let states = optimiser.stateNames.map(() => new Float32Array(layout.parameterCount));
    for (let i = 1; i <= 5; i++) {
      feeds['parameters'] = { data: weights.parameters, dims: [layout.parameterCount] };
      feeds['statistics'] = { data: weights.statistics, dims: [layout.statisticCount] };
      optimiser.stateNames.forEach((name, s) => {
        feeds[`state/${name}`] = { data: states[s] ?? new Float32Array(), dims: [layout.parameterCount] };
      });
      for (const [name, value] of Object.entries(optimiser.scalars(i, r.optimizer.lr)))
        feeds[`scalar/${name}`] = { data: Float32Array.of(value), dims: [] };
      const out = await session.run(feeds);
      assert.ok(
        relativeError(floatData(out['loss']), [r.loss_per_step[i - 1] ?? Number.NaN]) < 1e-5,
        `loss of step ${i}`,
      );
      if (i === 1) {
        assert.ok(relativeError(floatData(out['logits']), r.logits) < 1e-5, 'logits');
        const gradient = { parameters: floatData(out['gradient']), statistics: weights.statistics };
        for (const [name, expected] of Object.entries(r.gradients)) {
          const error = relativeError(numbersOf(layout, gradient, ourName(name)), expected);
          assert.ok(error < 2e-5, `gradient of ${name} is off by ${error}`);
        }
      }
      weights.parameters.set(floatData(out['next/parameters']));
      weights.statistics.set(floatData(out['next/statistics']));
      states = optimiser.stateNames.map((name) => floatData(out[`next/${name}`]));
    }
    for (const [name, expected] of Object.entries(r.after_5_steps)) {
      const error = relativeError(numbersOf(layout, weights, ourName(name)), expected);
      assert.ok(error < 1e-4, `${name} after five steps is off by ${error}`);
    }
    for (const [name, expected] of Object.entries(r.running_mean))
      assert.ok(relativeError(numbersOf(layout, weights, `${ourName(`${name}.`)}running_mean`), expected) < 1e-4, name);
    for (const [name, expected] of Object.entries(r.running_var))
      assert.ok(relativeError(numbersOf(layout, weights, `${ourName(`${name}.`)}running_var`), expected) < 1e-4, name);

    const graph = buildInferenceGraph({ network, layout, weights, imageSizePx: r.size });
    const served = await createSession(writeOnnx(graph), { threads: 1 });
    const { logits } = await served.run({ image: feeds['image'] ?? assert.fail() });
    assert.ok(relativeError(floatData(logits), r.eval_logits) < 1e-4, 'evaluation logits (folded batch norm)');
  },
);
