// Gradient cases of convolution and batch normalisation.
import { type Attributes, float, int, ints, text } from '../../../src/graph/index.ts';
import { type GradientCase, uniform } from '../finite-differences.ts';
import { apply } from './arithmetic.ts';

interface ConvSpec {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly bias?: boolean;
  readonly attributes?: Attributes;
}

const convolutions: readonly ConvSpec[] = [
  { name: '3×3', x: [2, 3, 5, 7], w: [4, 3, 3, 3], attributes: { pads: ints(1, 1, 1, 1) } },
  { name: '3×3 with bias, no padding, batch 1', x: [1, 2, 5, 4], w: [3, 2, 3, 3], bias: true },
  // Large enough for the turned convolution as input gradient, small enough a batch for the direct weight product.
  { name: '2×3 on 33 × 34', x: [1, 2, 33, 34], w: [2, 2, 2, 3], attributes: { pads: ints(1, 0, 0, 2) } },
  { name: '1×1', x: [2, 5, 3, 4], w: [3, 5, 1, 1] },
  { name: '1×1 with stride', x: [2, 3, 5, 4], w: [2, 3, 1, 1], attributes: { strides: ints(2, 2) } },
  {
    name: 'stride 2, odd size',
    x: [2, 2, 7, 6],
    w: [3, 2, 3, 3],
    attributes: { strides: ints(2, 2), pads: ints(1, 1, 1, 1) },
  },
  {
    name: 'uneven stride, kernel and padding',
    x: [1, 2, 6, 9],
    w: [2, 2, 2, 3],
    attributes: { strides: ints(2, 3), pads: ints(0, 1, 1, 2) },
  },
  { name: 'dilation', x: [1, 2, 7, 8], w: [2, 2, 3, 2], attributes: { dilations: ints(2, 3), pads: ints(1, 0, 1, 1) } },
  {
    name: 'dilation and stride',
    x: [1, 1, 8, 7],
    w: [2, 1, 2, 2],
    attributes: { dilations: ints(2, 2), strides: ints(2, 3) },
  },
  {
    name: 'two groups',
    x: [2, 4, 5, 5],
    w: [6, 2, 3, 3],
    bias: true,
    attributes: { group: int(2), pads: ints(1, 1, 1, 1) },
  },
  {
    name: 'groups with stride',
    x: [1, 6, 6, 5],
    w: [3, 2, 3, 3],
    attributes: { group: int(3), strides: ints(2, 2), pads: ints(1, 1, 1, 1) },
  },
  {
    name: 'depthwise',
    x: [2, 5, 6, 5],
    w: [5, 1, 3, 3],
    bias: true,
    attributes: { group: int(5), pads: ints(1, 1, 1, 1) },
  },
  {
    name: 'depthwise 5×5 with stride',
    x: [1, 4, 8, 7],
    w: [4, 1, 5, 5],
    attributes: { group: int(4), strides: ints(2, 2), pads: ints(2, 2, 2, 2) },
  },
  { name: 'depthwise, two filters a channel', x: [2, 3, 5, 4], w: [6, 1, 3, 3], attributes: { group: int(3) } },
  {
    name: 'depthwise whose stride leaves rows unseen',
    x: [2, 3, 6, 8],
    w: [3, 1, 3, 3],
    attributes: { group: int(3), strides: ints(2, 2) },
  },
  {
    name: 'depthwise, two filters a channel, stride and dilation',
    x: [2, 2, 9, 8],
    w: [4, 1, 3, 2],
    attributes: { group: int(2), strides: ints(2, 3), dilations: ints(1, 2), pads: ints(1, 0, 1, 2) },
  },
  {
    name: 'depthwise, padded beyond the kernel',
    x: [1, 3, 3, 4],
    w: [3, 1, 2, 2],
    attributes: { group: int(3), pads: ints(2, 1, 0, 2) },
  },
  {
    name: 'depthwise with dilation',
    x: [1, 3, 7, 6],
    w: [3, 1, 3, 3],
    attributes: { group: int(3), dilations: ints(2, 2), pads: ints(2, 1, 2, 1) },
  },
  {
    name: 'SAME_UPPER',
    x: [1, 2, 6, 7],
    w: [2, 2, 3, 3],
    attributes: { auto_pad: text('SAME_UPPER'), strides: ints(2, 2) },
  },
  { name: 'SAME_LOWER, even kernel', x: [1, 2, 5, 6], w: [2, 2, 2, 4], attributes: { auto_pad: text('SAME_LOWER') } },
  { name: 'VALID', x: [1, 2, 6, 5], w: [2, 2, 3, 3], attributes: { auto_pad: text('VALID'), strides: ints(2, 2) } },
  { name: 'kernel as large as the input', x: [3, 2, 4, 3], w: [5, 2, 4, 3] },
  { name: 'many small pictures', x: [6, 4, 2, 2], w: [8, 4, 3, 3], attributes: { pads: ints(1, 1, 1, 1) } },
  { name: 'one channel, one filter', x: [1, 1, 3, 3], w: [1, 1, 3, 3], attributes: { pads: ints(1, 1, 1, 1) } },
];

function conv({ name, x, w, bias = false, attributes = {} }: ConvSpec): GradientCase {
  const operands = [uniform(x, 1), uniform(w, 2), ...(bias ? [uniform([w[0] ?? 1], 3)] : [])];
  return apply('Conv', name, operands, attributes);
}

function trainingNorm(dims: readonly number[]): GradientCase {
  const channels = dims[1] ?? 1;
  return {
    name: `training form of [${dims.join(', ')}]`,
    operands: [uniform(dims, 1, -2, 2), uniform([channels], 2, 0.5, 2), uniform([channels], 3)],
    tolerance: 4e-3,
    build: (b, [x, scale, shift]) => {
      // Training mode writes its running statistics into inputs 3 and 4, so they must be computed values.
      const fresh = (value: number) => b.node('Mul', [scale, b.floats([value])]);
      const attributes = { training_mode: int(1), momentum: float(0), epsilon: float(1e-5) };
      return b
        .outputsOf('BatchNormalization', [x, scale, shift, fresh(0), fresh(1)], attributes, { outputs: 3 })
        .slice(0, 1);
    },
  };
}

function inferenceNorm(dims: readonly number[]): GradientCase {
  const channels = dims[1] ?? 1;
  const operands = [
    uniform(dims, 1, -2, 2),
    uniform([channels], 2, 0.5, 2),
    uniform([channels], 3),
    uniform([channels], 4),
    uniform([channels], 5, 0.5, 2),
  ];
  return apply('BatchNormalization', `inference form of [${dims.join(', ')}]`, operands, { epsilon: float(1e-3) });
}

export const convolutionCases: Readonly<Record<string, readonly GradientCase[]>> = {
  Conv: convolutions.map(conv),
  BatchNormalization: [
    trainingNorm([4, 3, 3, 5]),
    trainingNorm([2, 1, 4, 3]),
    trainingNorm([8, 2, 1, 1]),
    inferenceNorm([2, 3, 3, 5]),
    inferenceNorm([1, 2, 1, 1]),
    inferenceNorm([3, 4]),
  ],
};
