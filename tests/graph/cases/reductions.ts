// Gradient cases of sums and means over axes.
import { int, ints } from '../../../src/graph/index.ts';
import { type GradientCase, uniform } from '../finite-differences.ts';
import { apply } from './arithmetic.ts';

const reductions: readonly { readonly dims: readonly number[]; readonly axes: readonly number[] | undefined }[] = [
  { dims: [7], axes: [0] },
  { dims: [3, 5], axes: [1] },
  { dims: [3, 5], axes: undefined },
  { dims: [2, 3, 5], axes: [-2] },
  { dims: [2, 3, 5, 1], axes: [0, 2, 3] },
  { dims: [1, 3, 5, 3], axes: [-1, -2] },
];

function sumCase(dims: readonly number[], axes: readonly number[] | undefined, keep: number): GradientCase {
  return {
    name: `[${dims.join(', ')}] over ${axes?.join(', ') ?? 'all'}, keepdims ${keep}`,
    operands: [uniform(dims, 1)],
    build: (b, [x]) =>
      b.node('ReduceSum', [x, axes === undefined ? undefined : b.int64s(...axes)], { keepdims: int(keep) }),
  };
}

export const reductionCases: Readonly<Record<string, readonly GradientCase[]>> = {
  ReduceSum: [
    ...reductions.flatMap(({ dims, axes }) => [0, 1].map((keep) => sumCase(dims, axes, keep))),
    apply('ReduceSum', 'over nothing', [uniform([2, 3], 1)], { noop_with_empty_axes: int(1) }),
  ],
  ReduceMean: reductions.flatMap(({ dims, axes }) =>
    [0, 1].map((keep) =>
      apply(
        'ReduceMean',
        `[${dims.join(', ')}] over ${axes?.join(', ') ?? 'all'}, keepdims ${keep}`,
        [uniform(dims, 2)],
        {
          keepdims: int(keep),
          ...(axes === undefined ? {} : { axes: ints(...axes) }),
        },
      ),
    ),
  ),
};
