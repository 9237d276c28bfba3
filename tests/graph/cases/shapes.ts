// Gradient cases of operators that move numbers about: reshaping, cutting, joining, padding, repeating.
import { int, ints, text } from '../../../src/graph/index.ts';
import { type GradientCase, uniform } from '../finite-differences.ts';
import { apply } from './arithmetic.ts';

function reshape(dims: readonly number[], target: readonly number[]): GradientCase {
  return {
    name: `[${dims.join(', ')}] to [${target.join(', ')}]`,
    operands: [uniform(dims, 1)],
    build: (b, [x]) => b.node('Reshape', [x, b.int64s(...target)]),
  };
}

interface SliceSpec {
  readonly dims: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly axes?: readonly number[];
  readonly steps?: readonly number[];
}

function slice({ dims, begins, ends, axes, steps }: SliceSpec): GradientCase {
  return {
    name: `[${dims.join(', ')}] from ${begins.join(', ')} to ${ends.join(', ')} steps ${steps?.join(', ') ?? '1'}`,
    operands: [uniform(dims, 1)],
    build: (b, [x]) =>
      b.node('Slice', [
        x,
        b.int64s(...begins),
        b.int64s(...ends),
        axes === undefined ? undefined : b.int64s(...axes),
        steps === undefined ? undefined : b.int64s(...steps),
      ]),
  };
}

function pad(mode: string, dims: readonly number[], pads: readonly number[]): GradientCase {
  return {
    name: `${mode} [${dims.join(', ')}] by ${pads.join(', ')}`,
    operands: [uniform(dims, 1)],
    build: (b, [x]) => b.node('Pad', [x, b.int64s(...pads)], { mode: text(mode) }),
  };
}

function expand(dims: readonly number[], target: readonly number[]): GradientCase {
  return {
    name: `[${dims.join(', ')}] to [${target.join(', ')}]`,
    operands: [uniform(dims, 1)],
    build: (b, [x]) => b.node('Expand', [x, b.int64s(...target)]),
  };
}

function split(dims: readonly number[], axis: number, lengths: readonly number[] | number): GradientCase {
  const outputs = typeof lengths === 'number' ? lengths : lengths.length;
  return {
    name: `[${dims.join(', ')}] along ${axis} into ${String(lengths)}`,
    operands: [uniform(dims, 1)],
    build: (b, [x]) =>
      b.outputsOf(
        'Split',
        [x, typeof lengths === 'number' ? undefined : b.int64s(...lengths)],
        { axis: int(axis) },
        { outputs },
      ),
  };
}

function axesCase(op: string, dims: readonly number[], axes: readonly number[] | undefined): GradientCase {
  return {
    name: `[${dims.join(', ')}] axes ${axes?.join(', ') ?? 'all'}`,
    operands: [uniform(dims, 1)],
    build: (b, [x]) => b.node(op, [x, axes === undefined ? undefined : b.int64s(...axes)]),
  };
}

export const shapeCases: Readonly<Record<string, readonly GradientCase[]>> = {
  Reshape: [
    reshape([6], [2, 3]),
    reshape([2, 3, 4], [0, -1]),
    reshape([2, 3, 4], [-1, 4]),
    reshape([2, 3, 5], [0, 0, 5, 1]),
    reshape([1], []),
    reshape([2, 3], [3, 2]),
  ],
  Flatten: [0, 1, 2, 3, 4, -1, -2].map((axis) =>
    apply('Flatten', `axis ${axis}`, [uniform([2, 3, 1, 5], 1)], { axis: int(axis) }),
  ),
  Transpose: [
    apply('Transpose', 'reversed', [uniform([2, 3, 5], 1)]),
    apply('Transpose', 'a cycle', [uniform([2, 3, 5], 1)], { perm: ints(1, 2, 0) }),
    apply('Transpose', 'rank 4', [uniform([2, 3, 1, 5], 1)], { perm: ints(0, 2, 3, 1) }),
  ],
  Squeeze: [
    axesCase('Squeeze', [1, 3, 1, 5], undefined),
    axesCase('Squeeze', [1, 3, 1, 5], [2]),
    axesCase('Squeeze', [1, 3, 1], [-1, 0]),
  ],
  Unsqueeze: [axesCase('Unsqueeze', [3], [0]), axesCase('Unsqueeze', [3, 5], [1, -1]), axesCase('Unsqueeze', [], [0])],
  Concat: [
    apply('Concat', 'axis 0', [uniform([2, 3], 1), uniform([1, 3], 2), uniform([4, 3], 3)], { axis: int(0) }),
    apply('Concat', 'channels', [uniform([2, 3, 5], 1), uniform([2, 1, 5], 2)], { axis: int(1) }),
    apply('Concat', 'last axis, negative', [uniform([2, 3, 1], 1), uniform([2, 3, 4], 2)], { axis: int(-1) }),
    apply('Concat', 'a single operand', [uniform([2, 3], 1)], { axis: int(1) }),
    {
      name: 'the same operand twice',
      operands: [uniform([3], 1)],
      build: (b, [x]) => b.node('Concat', [x, x], { axis: int(0) }),
    },
  ],
  Split: [
    split([6], 0, [1, 2, 3]),
    split([2, 6, 3], 1, 3),
    split([2, 5], -1, [4, 1]),
    {
      name: 'one part is not used',
      operands: [uniform([2, 5], 1)],
      build: (b, [x]) => b.outputsOf('Split', [x, b.int64s(2, 3)], { axis: int(1) }, { outputs: 2 }).slice(1),
    },
  ],
  Slice: [
    slice({ dims: [7], begins: [2], ends: [5] }),
    slice({ dims: [3, 7], begins: [-5], ends: [-1], axes: [1] }),
    slice({ dims: [5, 7], begins: [1, 0], ends: [2 ** 31, 7], axes: [1, 0], steps: [1, 2] }),
    slice({ dims: [2, 3, 7, 9], begins: [1, 0], ends: [7, 8], axes: [2, 3], steps: [2, 3] }),
    slice({ dims: [7], begins: [-1], ends: [-(2 ** 31)], steps: [-1] }),
    slice({ dims: [3, 8], begins: [6], ends: [0], axes: [1], steps: [-2] }),
    slice({ dims: [1, 2, 5, 5], begins: [4, 0], ends: [-6, 5], axes: [-2, -1], steps: [-3, 4] }),
    slice({ dims: [3, 4], begins: [0], ends: [100], axes: [0] }),
    slice({ dims: [2, 3, 4], begins: [0, 1, 0], ends: [1, 3, 4] }),
  ],
  Pad: [
    pad('constant', [3], [1, 2]),
    pad('constant', [1, 2, 3, 5], [0, 0, 1, 2, 0, 0, 3, 0]),
    pad('constant', [3, 4], [0, 0, 0, 0]),
    pad('constant', [4, 5], [-1, 2, 1, -2]),
    pad('reflect', [4], [3, 2]),
    pad('reflect', [2, 3, 4, 5], [0, 0, 2, 1, 0, 0, 1, 3]),
    pad('edge', [4], [3, 1]),
    pad('edge', [1, 2, 1, 3], [0, 0, 2, 1, 0, 0, 0, 2]),
    pad('edge', [2, 3], [1, 2, 0, 2]),
  ],
  Expand: [
    expand([], [3]),
    expand([3], [2, 3]),
    expand([2, 1], [2, 5]),
    expand([1, 3, 1], [2, 1, 3, 4]),
    expand([3, 4], [1, 4]),
    expand([1, 1, 1, 1], [2, 3, 1, 5]),
  ],
};
