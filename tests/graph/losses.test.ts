// Losses state their gradient by hand: it is checked against finite differences of the loss, and the loss against the
// textbook formula in double precision; large logits give finite numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  binaryCrossEntropy,
  checkGraph,
  GraphBuilder,
  type Loss,
  softmaxCrossEntropy,
  writeOnnx,
} from '../../src/graph/index.ts';
import { createSession, type Session, type Tensor } from '../../src/runtime/index.ts';
import { uniform } from './finite-differences.ts';

interface LossCase {
  readonly name: string;
  readonly loss: Loss;
  readonly batch: number;
  readonly columns: number;
  readonly targetColumns: number;
  readonly targets: readonly number[];
  /** −log of the probability given to the target, the textbook way, for one sample. */
  readonly formula: (logits: readonly number[], targets: readonly number[]) => number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const binary: LossCase['formula'] = ([x = 0], [y = 0]) => -(y * Math.log(sigmoid(x)) + (1 - y) * Math.log(sigmoid(-x)));
const categorical: LossCase['formula'] = (x, y) => {
  const total = x.reduce((sum, value) => sum + Math.exp(value), 0);
  return -x.reduce((sum, value, k) => sum + (y[k] ?? 0) * Math.log(Math.exp(value) / total), 0);
};

const cases: readonly LossCase[] = [
  {
    name: 'binary',
    loss: binaryCrossEntropy,
    batch: 5,
    columns: 1,
    targetColumns: 1,
    targets: [0, 1, 1, 0, 0.3],
    formula: binary,
  },
  {
    name: 'binary, batch 1',
    loss: binaryCrossEntropy,
    batch: 1,
    columns: 1,
    targetColumns: 1,
    targets: [1],
    formula: binary,
  },
  {
    name: 'softmax',
    loss: softmaxCrossEntropy,
    batch: 3,
    columns: 4,
    targetColumns: 4,
    targets: [1, 0, 0, 0, 0, 0, 1, 0, 0.1, 0.2, 0.3, 0.4],
    formula: categorical,
  },
  {
    name: 'softmax, batch 1',
    loss: softmaxCrossEntropy,
    batch: 1,
    columns: 2,
    targetColumns: 2,
    targets: [0, 1],
    formula: categorical,
  },
];

async function compile({ loss, batch, columns, targetColumns, name }: LossCase): Promise<Session> {
  const b = new GraphBuilder();
  const logits = b.input('logits', 'float32', [batch, columns]);
  const targets = b.input('targets', 'float32', [batch, targetColumns]);
  const weights = b.input('weights', 'float32', [batch, 1]);
  const made = loss(b, { logits, targets, weights });
  assert.deepEqual(made.loss.shape, []);
  assert.deepEqual(made.gradient.shape, logits.shape);
  const named = [b.node('Identity', [made.loss], {}, 'loss'), b.node('Identity', [made.gradient], {}, 'gradient')];
  return createSession(writeOnnx(checkGraph(b.build(name, named))));
}

function feedsOf(lossCase: LossCase, logits: Float32Array): Record<string, Tensor> {
  const { batch, columns, targetColumns, targets } = lossCase;
  return {
    logits: { dims: [batch, columns], data: logits },
    targets: { dims: [batch, targetColumns], data: Float32Array.from(targets) },
    weights: { dims: [batch, 1], data: uniform([batch, 1], 4, 0.5, 2).data },
  };
}

for (const lossCase of cases)
  test(`${lossCase.name} cross entropy: value, gradient, large logits`, async () => {
    const { batch, columns, targetColumns, targets, formula } = lossCase;
    const session = await compile(lossCase);
    const logits = uniform([batch, columns], 3, -3, 3).data;
    const feeds = feedsOf(lossCase, logits);
    const weights = Array.from(feeds['weights']?.data ?? [], Number);
    /** Σ weight · loss / batch in double precision. */
    const expected = (x: readonly number[]): number =>
      weights.reduce((sum, weight, i) => {
        const row = x.slice(i * columns, (i + 1) * columns);
        return sum + (weight * formula(row, targets.slice(i * targetColumns, (i + 1) * targetColumns))) / batch;
      }, 0);
    const out = await session.run(feeds);
    assert.ok(Math.abs(Number(out['loss']?.data[0]) - expected([...logits])) < 1e-5);
    const step = 1e-5;
    [...logits].forEach((value, k) => {
      const moved = (by: number): number[] => [...logits].with(k, value + by);
      const numeric = (expected(moved(step)) - expected(moved(-step))) / (2 * step);
      const error = Math.abs(Number(out['gradient']?.data[k]) - numeric);
      assert.ok(error < 1e-5, `dL/dlogit ${k} is off by ${error}`);
    });
    const large = await session.run(
      feedsOf(
        lossCase,
        logits.map((value) => value * 1e4),
      ),
    );
    for (const name of ['loss', 'gradient'])
      assert.ok(Array.from(large[name]?.data ?? [], Number).every(Number.isFinite), `${name} of large logits`);
    await session.release();
  });
