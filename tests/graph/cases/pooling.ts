// Gradient cases of pooling: tiling, overlapping, padded, dilated, hanging over the edge.
import { type Attributes, int, ints, text } from '../../../src/graph/index.ts';
import { type GradientCase, spaced, uniform } from '../finite-differences.ts';
import { apply } from './arithmetic.ts';

interface PoolSpec {
  readonly dims: readonly [number, number, number, number];
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
  readonly more?: Attributes;
}

const windows: readonly PoolSpec[] = [
  { dims: [2, 3, 4, 6], kernel: [2, 2], strides: [2, 2] },
  { dims: [1, 2, 5, 7], kernel: [2, 2], strides: [2, 2] },
  { dims: [1, 1, 7, 6], kernel: [3, 2], strides: [3, 2] },
  { dims: [2, 2, 5, 5], kernel: [3, 3] },
  { dims: [1, 2, 7, 6], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { dims: [1, 2, 6, 7], kernel: [3, 2], strides: [2, 1], pads: [0, 1, 1, 0] },
  { dims: [2, 1, 6, 5], kernel: [2, 3], strides: [3, 2] },
  { dims: [1, 2, 6, 7], kernel: [3, 3], strides: [2, 2], more: { ceil_mode: int(1) } },
  { dims: [1, 2, 5, 5], kernel: [2, 2], strides: [2, 2], more: { ceil_mode: int(1) } },
  { dims: [1, 1, 6, 6], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], more: { ceil_mode: int(1) } },
  { dims: [1, 1, 5, 6], kernel: [2, 2], strides: [2, 2], more: { auto_pad: text('SAME_UPPER') } },
  { dims: [1, 1, 6, 5], kernel: [3, 3], strides: [2, 2], more: { auto_pad: text('SAME_LOWER') } },
  { dims: [1, 1, 6, 5], kernel: [3, 3], strides: [2, 2], more: { auto_pad: text('VALID') } },
  { dims: [1, 3, 1, 1], kernel: [1, 1] },
];

function attributesOf({ kernel, strides, pads, more = {} }: PoolSpec): Attributes {
  return {
    kernel_shape: ints(...kernel),
    ...(strides === undefined ? {} : { strides: ints(...strides) }),
    ...(pads === undefined ? {} : { pads: ints(...pads) }),
    ...more,
  };
}

function nameOf({ dims, kernel, strides = [1, 1], pads = [0, 0, 0, 0], more = {} }: PoolSpec): string {
  const extra = Object.entries(more).map(([key, attribute]) => `, ${key} ${JSON.stringify(attribute.value)}`);
  return `[${dims.join(', ')}] kernel ${kernel.join('×')} stride ${strides.join('×')} pads ${pads.join(' ')}${extra.join('')}`;
}

const dilated: readonly PoolSpec[] = [
  { dims: [1, 2, 7, 8], kernel: [3, 2], strides: [2, 1], more: { dilations: ints(2, 3) } },
  { dims: [1, 1, 6, 7], kernel: [2, 2], strides: [2, 2], pads: [1, 0, 1, 1], more: { dilations: ints(2, 2) } },
];
const countingPads: readonly PoolSpec[] = [
  { dims: [1, 2, 5, 6], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], more: { count_include_pad: int(1) } },
  { dims: [1, 2, 6, 6], kernel: [3, 3], strides: [2, 2], more: { count_include_pad: int(1), ceil_mode: int(1) } },
  {
    dims: [1, 1, 5, 5],
    kernel: [2, 2],
    strides: [2, 2],
    pads: [0, 1, 1, 0],
    more: { count_include_pad: int(1), ceil_mode: int(1) },
  },
];

/** Flat regions: shares of a tie add up to the gradient, though no finite difference exists there. */
export const poolingCases: Readonly<Record<string, readonly GradientCase[]>> = {
  MaxPool: [...windows, ...dilated].map((spec) =>
    apply('MaxPool', nameOf(spec), [spaced(spec.dims, 1)], attributesOf(spec)),
  ),
  AveragePool: [...windows, ...countingPads].map((spec) =>
    apply('AveragePool', nameOf(spec), [uniform(spec.dims, 1)], attributesOf(spec)),
  ),
  GlobalAveragePool: [
    [2, 3, 4, 5],
    [1, 1, 1, 1],
    [1, 2, 7, 3],
    [2, 3, 5],
  ].map((dims) => apply('GlobalAveragePool', `[${dims.join(', ')}]`, [uniform(dims, 1)])),
};
