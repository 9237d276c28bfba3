// Random small graphs: layers of all kinds in a row, with branches that join again, are differentiated with respect to
// their input and all of their parameters, and compared with finite differences along a random direction.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkGraph,
  differentiate,
  elementCount,
  float,
  GraphBuilder,
  int,
  ints,
  staticShape,
  type Value,
  writeOnnx,
} from '../../src/graph/index.ts';
import { createSession, type Session, type Tensors } from '../../src/runtime/index.ts';
import { type Operand, uniform, weightedSum } from './finite-differences.ts';

/** What a layer builds with: fresh parameters, a few drawn numbers. */
interface Site {
  readonly b: GraphBuilder;
  /** A number in [0, count). */
  readonly pick: (count: number) => number;
  readonly parameter: (dims: readonly number[], low?: number, high?: number) => Value;
}
/** A layer of the picture [N, C, H, W], or of what is left of it; undefined where it does not fit. */
type Layer = (site: Site, x: Value) => Value | undefined;

function isPicture(x: Value, leastPx = 1): boolean {
  return x.shape.length === 4 && Number(x.shape[2]) >= leastPx && Number(x.shape[3]) >= leastPx;
}

function conv(groups: 'one' | 'depthwise'): Layer {
  return (site, x) => {
    if (!isPicture(x, 2)) return undefined;
    const channels = Number(x.shape[1]);
    const stride = 1 + site.pick(2);
    const kernel = Math.min(1 + site.pick(3), Number(x.shape[2]), Number(x.shape[3]));
    const w = site.parameter(
      groups === 'one' ? [1 + site.pick(4), channels, kernel, kernel] : [channels, 1, kernel, kernel],
    );
    const pad = site.pick(kernel);
    return site.b.node('Conv', [x, w], {
      strides: ints(stride, stride),
      pads: ints(pad, pad, pad, pad),
      group: int(groups === 'one' ? 1 : channels),
    });
  };
}

function pool(op: 'MaxPool' | 'AveragePool'): Layer {
  return (site, x) => {
    if (!isPicture(x, 3)) return undefined;
    const [kernel, stride] = [2 + site.pick(2), 1 + site.pick(3)];
    const attributes = { kernel_shape: ints(kernel, kernel), strides: ints(stride, stride) };
    // With a stride as long as the window, no window begins behind the input (where ONNX's ceil_mode is unclear).
    return site.b.node(op, [x], { ...attributes, ceil_mode: int(stride <= kernel ? site.pick(2) : 0) });
  };
}

const batchNorm: Layer = ({ b, parameter }, x) => {
  const [n = 1, channels = 1, ...spatial] = staticShape(x);
  // Over a handful of numbers the statistics are so sensitive that finite differences see noise.
  if (x.shape.length !== 4 || n * elementCount(spatial) < 8) return undefined;
  const scale = parameter([channels], 0.5, 1.5);
  const scratch = [b.node('Mul', [scale, b.floats([0])]), b.node('Abs', [scale])];
  const attributes = { training_mode: int(1), momentum: float(0), epsilon: float(0.1) };
  const inputs = [x, scale, parameter([channels]), ...scratch];
  return b.outputsOf('BatchNormalization', inputs, attributes, { outputs: 3 })[0];
};

const dense: Layer = ({ b, pick, parameter }, x) => {
  const flat = b.node('Flatten', [x], { axis: int(1) });
  const [inputs, units] = [Number(flat.shape[1]), 1 + pick(4)];
  return b.node('Gemm', [flat, parameter([units, inputs]), parameter([units])], { transB: int(1) });
};

const matMul: Layer = ({ b, pick, parameter }, x) =>
  x.shape.length < 2 ? undefined : b.node('MatMul', [x, parameter([Number(x.shape.at(-1)), 1 + pick(4)])]);

const layers: Readonly<Record<string, Layer>> = {
  conv: conv('one'),
  depthwise: conv('depthwise'),
  maxPool: pool('MaxPool'),
  averagePool: pool('AveragePool'),
  batchNorm,
  dense,
  matMul,
  globalAveragePool: ({ b }, x) => (isPicture(x) ? b.node('GlobalAveragePool', [x]) : undefined),
  relu: ({ b }, x) => b.node('Relu', [x]),
  leakyRelu: ({ b }, x) => b.node('LeakyRelu', [x], { alpha: float(0.2) }),
  relu6: ({ b }, x) => b.node('Clip', [x, b.floats([0]), b.floats([1])]),
  tanh: ({ b }, x) => b.node('Tanh', [x]),
  swish: ({ b }, x) => b.node('Mul', [x, b.node('Sigmoid', [x])]),
  softmax: ({ b, pick }, x) => b.node('Softmax', [x], { axis: int(pick(x.shape.length)) }),
  logSoftmax: ({ b }, x) => b.node('LogSoftmax', [x], { axis: int(-1) }),
  residual: ({ b, parameter }, x) => b.node('Add', [x, b.node('Mul', [b.node('Tanh', [x]), parameter([1])])]),
  bias: ({ b, parameter }, x) => b.node('Sub', [x, parameter([Number(x.shape.at(-1))])]),
  ratio: ({ b, parameter }, x) => b.node('Div', [x, parameter([1], 1, 2)]),
  twice: ({ b, pick }, x) => b.node('Concat', [x, b.node('Neg', [x])], { axis: int(pick(x.shape.length)) }),
  halves: ({ b, pick }, x) => {
    const axis = pick(x.shape.length);
    const size = Number(x.shape[axis]);
    if (size < 2) return undefined;
    const cut = 1 + pick(size - 1);
    const parts = b.outputsOf('Split', [x, b.int64s(cut, size - cut)], { axis: int(axis) }, { outputs: 2 });
    return b.node('Concat', [b.node('Tanh', [parts[1]]), parts[0]], { axis: int(axis) });
  },
  everyOther: ({ b, pick }, x) => {
    const axis = pick(x.shape.length);
    return b.node('Slice', [x, b.int64s(0), b.int64s(2 ** 31), b.int64s(axis), b.int64s(2)]);
  },
  pad: ({ b, pick }, x) => {
    const pads = [...x.shape, ...x.shape].map(() => pick(2));
    return b.node('Pad', [x, b.int64s(...pads)]);
  },
  turn: ({ b }, x) => b.node('Transpose', [x]),
  mean: ({ b, pick }, x) => b.node('ReduceMean', [x], { axes: ints(pick(x.shape.length)) }),
  sum: ({ b, pick }, x) =>
    b.node('Mul', [x, b.node('ReduceSum', [b.node('Tanh', [x]), b.int64s(pick(x.shape.length))])]),
  flat: ({ b }, x) => b.reshape(x, [Number(x.shape[0]), -1]),
};

interface Built {
  readonly operands: Readonly<Record<string, Operand>>;
  readonly forward: Uint8Array;
  readonly backward: Uint8Array;
  readonly weights: Float32Array;
  readonly reached: readonly string[];
}

const largestTensor = 600;

function build(input: readonly number[], names: readonly string[], draws: readonly number[]): Built {
  const b = new GraphBuilder();
  const operands: Record<string, Operand> = { input: uniform(input, 1) };
  const values: Value[] = [b.input('input', 'float32', input)];
  let draw = 0;
  const site: Site = {
    b,
    pick: (count) => (draws[draw++ % draws.length] ?? 0) % count,
    parameter: (dims, low = -1, high = 1) => {
      const name = `parameter${values.length}`;
      operands[name] = uniform(dims, values.length, low, high);
      const value = b.input(name, 'float32', dims);
      values.push(value);
      return value;
    },
  };
  const [first] = values;
  let x: Value | undefined = first;
  for (const name of names) {
    if (x === undefined) break;
    const next: Value | undefined = layers[name]?.(site, x);
    if (next !== undefined && elementCount(staticShape(next)) <= largestTensor) x = next;
  }
  const y = b.node('Identity', [x], {}, 'y');
  const weights = uniform(staticShape(y), 99).data;
  const seed = b.floats(weights, staticShape(y));
  const gradients = differentiate(b, [{ value: y, gradient: seed }], values);
  const reached = values.flatMap(({ name }, i) => (gradients[i] === undefined ? [] : [name]));
  const ends = gradients.flatMap((gradient, i) =>
    gradient === undefined ? [] : [b.node('Identity', [gradient], {}, `d ${values[i]?.name ?? ''}`)],
  );
  const [forward, backward] = [checkGraph(b.build('forward', [y])), checkGraph(b.build('backward', ends))];
  return { operands, forward: writeOnnx(forward), backward: writeOnnx(backward), weights, reached };
}

function feedsFor(session: Session, operands: Readonly<Record<string, Operand>>): Tensors {
  return Object.fromEntries(Object.entries(operands).filter(([name]) => session.inputNames.includes(name)));
}

/** The operands, moved by `step` along `direction`. */
function moved(built: Built, direction: Readonly<Record<string, Float32Array>>, step: number): Record<string, Operand> {
  return Object.fromEntries(
    Object.entries(built.operands).map(([name, { dims, data }]) => [
      name,
      { dims, data: data.map((value, i) => value + step * (direction[name]?.[i] ?? 0)) },
    ]),
  );
}

/** Slopes of the loss along the direction: by finite differences at several step lengths, and by the gradient graph. */
async function slopes(built: Built): Promise<{ numeric: number[]; analytic: number }> {
  const forward = await createSession(built.forward);
  const backward = await createSession(built.backward);
  const direction = Object.fromEntries(
    Object.entries(built.operands).map(([name, { dims }], i) => [name, uniform(dims, 500 + i).data]),
  );
  const lossAt = async (step: number): Promise<number> =>
    weightedSum(await forward.run(feedsFor(forward, moved(built, direction, step))), ['y'], [built.weights]);
  const central = async (step: number): Promise<number> => ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
  const gradients = await backward.run(feedsFor(backward, built.operands));
  const names = built.reached.map((name) => `d ${name}`);
  const analytic = weightedSum(
    gradients,
    names,
    built.reached.map((name) => direction[name] ?? new Float32Array()),
  );
  const numeric: number[] = [];
  for (const step of [4e-3, 5e-4, 1e-4]) numeric.push(await central(step));
  await forward.release();
  await backward.release();
  return { numeric, analytic };
}

test('random graphs: the gradient agrees with finite differences along a random direction', async () => {
  const pictures = fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 3, max: 7 }),
    fc.integer({ min: 3, max: 7 }),
  );
  const stack = fc.array(fc.constantFrom(...Object.keys(layers)), { minLength: 1, maxLength: 8 });
  const draws = fc.array(fc.nat(1000), { minLength: 8, maxLength: 16 });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(pictures, stack, draws, async (picture, names, numbers) => {
      const { numeric, analytic } = await slopes(build(picture, names, numbers));
      const scale = Math.max(1, Math.abs(analytic));
      const agrees = numeric.some((slope) => Math.abs(slope - analytic) < 1e-2 * scale);
      // Steps that disagree among themselves straddle a kink (Relu, MaxPool): there is no slope to compare with.
      const [longest = 0, ...shorter] = numeric;
      fc.pre(agrees || shorter.every((slope) => Math.abs(slope - longest) < 2e-3 * scale));
      compared++;
      assert.ok(agrees, `${names.join(' → ')}: ${analytic} against ${numeric.join(', ')}`);
    }),
    { numRuns: 150, seed: 11 },
  );
  assert.ok(compared >= 150, `${compared} graphs were compared`);
});
