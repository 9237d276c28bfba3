// Gradients against central finite differences: builds a case's graph, derives its gradient graph, and compares every
// number of every input's gradient with (L(x+ε) − L(x−ε)) / 2ε. L is a fixed random weighting of all outputs, summed in
// double precision outside the graph, so that each output element matters and rounding stays small.
import assert from 'node:assert/strict';
import { createRandom } from '../../src/core/index.ts';
import {
  differentiate,
  elementCount,
  GraphBuilder,
  staticShape,
  type Value,
  writeOnnx,
} from '../../src/graph/index.ts';
import { createSession, type Session, type Tensors } from '../../src/runtime/index.ts';

/** The numbers of an input whose gradient is checked. */
export interface Operand {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export interface GradientCase {
  /** What is special about it. */
  readonly name: string;
  readonly operands: readonly Operand[];
  /** Builds the part under test from the operands; all of its results enter the loss. */
  readonly build: (b: GraphBuilder, operands: readonly Value[]) => Value | readonly Value[];
  /** Largest allowed error, relative to the largest entry of the gradient (at least 1). */
  readonly tolerance?: number;
}

const step = 5e-3;

/** Uniform numbers in [low, high). */
export function uniform(dims: readonly number[], seed: number, low = -1, high = 1): Operand {
  const random = createRandom(seed, 'operand', dims.join('x'));
  return { dims, data: Float32Array.from({ length: elementCount(dims) }, () => random.uniform(low, high)) };
}

/** Numbers at least 0.04 apart from each other and 0.02 from zero: no kink or tie within reach of a step. */
export function spaced(dims: readonly number[], seed: number): Operand {
  const count = elementCount(dims);
  const order = createRandom(seed, 'spaced', dims.join('x')).shuffle(Int32Array.from({ length: count }, (_, i) => i));
  return { dims, data: Float32Array.from(order, (place) => (place - Math.floor(count / 2) + 0.5) * 0.04) };
}

function feedsOf(operands: readonly Operand[]): Record<string, Operand> {
  return Object.fromEntries(operands.map((operand, i) => [`x${i}`, operand]));
}

interface Sessions {
  readonly forward: Session;
  readonly backward: Session;
  readonly outputNames: readonly string[];
  readonly weights: readonly Float32Array[];
  /** Operands that the outputs depend on; the others' gradients are zero. */
  readonly reached: readonly boolean[];
}

async function compile({ name, operands, build }: GradientCase): Promise<Sessions> {
  const b = new GraphBuilder();
  const values = operands.map((operand, i) => b.input(`x${i}`, 'float32', operand.dims));
  const built = build(b, values);
  const outputs: readonly Value[] = 'dtype' in built ? [built] : built;
  const named = outputs.map((output, i) => b.node('Identity', [output], {}, `y${i}`));
  const forward = await createSession(writeOnnx(b.build(name, named)));
  const weights = outputs.map((output, i) => uniform(staticShape(output), 1000 + i, 0.3, 1).data);
  weights.forEach((data) => data.forEach((value, i) => (data[i] = i % 3 === 1 ? -value : value)));
  const seeds = outputs.map((value, i) => ({
    value,
    gradient: b.floats(weights[i] ?? [], staticShape(value)),
  }));
  const gradients = differentiate(b, seeds, values);
  const ends = gradients.flatMap((gradient, i) =>
    gradient === undefined ? [] : [b.node('Identity', [gradient], {}, `d${i}`)],
  );
  gradients.forEach((gradient, i) => {
    if (gradient !== undefined) assert.deepEqual(gradient.shape, operands[i]?.dims, `${name}: shape of gradient ${i}`);
  });
  const backward = await createSession(writeOnnx(b.build(`${name} gradient`, ends)));
  const reached = gradients.map((gradient) => gradient !== undefined);
  return { forward, backward, outputNames: named.map((value) => value.name), weights, reached };
}

/** Σ weights·outputs in double precision. */
export function weightedSum(outputs: Tensors, names: readonly string[], weights: readonly Float32Array[]): number {
  let total = 0;
  names.forEach((name, i) => {
    const data = outputs[name]?.data ?? [];
    const factors = weights[i] ?? new Float32Array();
    for (let k = 0; k < factors.length; k++) total += (factors[k] ?? 0) * Number(data[k]);
  });
  return total;
}

/** Checks one case; the message of a failure says which input, which element, and both numbers. */
export async function checkGradients(gradientCase: GradientCase): Promise<void> {
  const { name, operands, tolerance = 2e-3 } = gradientCase;
  const { forward, backward, outputNames, weights, reached } = await compile(gradientCase);
  const feeds = feedsOf(operands);
  // A session keeps only the inputs that its graph reads.
  const forSession = (session: Session): Tensors =>
    Object.fromEntries(Object.entries(feeds).filter(([key]) => session.inputNames.includes(key)));
  const analytic = await backward.run(forSession(backward));
  const lossAt = async (): Promise<number> => weightedSum(await forward.run(forSession(forward)), outputNames, weights);
  for (const [i, { data }] of operands.entries()) {
    const numeric = new Float64Array(data.length);
    for (let k = 0; k < data.length; k++) {
      const original = data[k] ?? 0;
      data[k] = original + step;
      const [above, upper] = [await lossAt(), data[k] ?? 0];
      data[k] = original - step;
      const [below, lower] = [await lossAt(), data[k] ?? 0];
      data[k] = original;
      numeric[k] = (above - below) / (upper - lower);
    }
    const gradient = reached[i] === true ? analytic[`d${i}`]?.data : new Float32Array(data.length);
    const scale = numeric.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    numeric.forEach((expected, k) => {
      const actual = Number(gradient?.[k]);
      const error = Math.abs(actual - expected) / scale;
      assert.ok(
        error <= tolerance,
        `${name}: dL/dx${i}[${k}] is ${actual}, finite differences say ${expected} (error ${error.toExponential(1)})`,
      );
    });
  }
  await forward.release();
  await backward.release();
}
