// Gradient cases of activations, softmaxes and dropout.
import { float, int, type Attributes } from '../../../src/graph/index.ts';
import { type GradientCase, spaced, uniform } from '../finite-differences.ts';
import { apply } from './arithmetic.ts';

const shapes = [[], [7], [3, 5], [2, 3, 5], [1, 2, 3, 5]] as const;

function smooth(op: string, attributes: Attributes = {}): GradientCase[] {
  return shapes.map((dims, i) => apply(op, `[${dims.join(', ')}]`, [uniform(dims, i, -2, 2)], attributes));
}
function kinked(op: string, attributes: Attributes = {}): GradientCase[] {
  return shapes.map((dims, i) => apply(op, `[${dims.join(', ')}]`, [spaced(dims, i)], attributes));
}

/** Clip with each bound given or left out. */
function clip(low: number | undefined, high: number | undefined): GradientCase {
  return {
    name: `${String(low)} to ${String(high)}`,
    operands: [spaced([3, 4, 5], 3)],
    build: (b, [x]) =>
      b.node('Clip', [
        x,
        low === undefined ? undefined : b.floats([low]),
        high === undefined ? undefined : b.floats([high]),
      ]),
  };
}

function overAxes(op: string): GradientCase[] {
  const along = (dims: readonly number[], axis: number): GradientCase =>
    apply(op, `[${dims.join(', ')}] along ${axis}`, [uniform(dims, axis + 9, -2, 2)], { axis: int(axis) });
  return [
    along([7], 0),
    along([3, 5], -1),
    along([3, 5], 0),
    along([2, 3, 5], 1),
    along([1, 2, 5, 3], -3),
    apply(op, 'default axis', [uniform([2, 3], 1)]),
  ];
}

export const activationCases: Readonly<Record<string, readonly GradientCase[]>> = {
  Relu: kinked('Relu'),
  LeakyRelu: [
    ...kinked('LeakyRelu'),
    ...kinked('LeakyRelu', { alpha: float(0.3) }),
    ...kinked('LeakyRelu', { alpha: float(1.5) }),
  ],
  Clip: [
    clip(0, 0.6),
    clip(-0.36, 0.52),
    clip(undefined, 0.32),
    clip(-0.32, undefined),
    clip(undefined, undefined),
    clip(0, 6),
  ],
  HardSwish: [...kinked('HardSwish'), apply('HardSwish', 'beyond both ends', [uniform([3, 5], 4, -4.9, 4.7)])],
  Sigmoid: smooth('Sigmoid'),
  Tanh: smooth('Tanh'),
  Softmax: overAxes('Softmax'),
  LogSoftmax: overAxes('LogSoftmax'),
  Dropout: [
    apply('Dropout', 'at inference', [uniform([3, 5], 1)]),
    {
      name: 'with a ratio',
      operands: [uniform([3, 5], 1)],
      build: (b, [x]) => b.node('Dropout', [x, b.floats([0.5])]),
    },
    {
      name: 'the training form: a mask from uniform numbers',
      operands: [uniform([4, 7], 1)],
      build: (b, [x]) => {
        const u = b.floats(uniform([4, 7], 2, 0, 1).data, [4, 7]);
        const keep = b.node('HardSigmoid', [b.sub(u, b.floats([0.4]))], { alpha: float(1e30), beta: float(0.5) });
        return b.node('Mul', [x, b.mul(keep, b.floats([1 / 0.6]))]);
      },
    },
  ],
};
