// Gradient cases of matrix products.
import { float, int } from '../../../src/graph/index.ts';
import { type GradientCase, uniform } from '../finite-differences.ts';
import { apply } from './arithmetic.ts';

const products: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[4], [4]],
  [[4], [4, 3]],
  [[3, 4], [4]],
  [
    [3, 5],
    [5, 2],
  ],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [2, 3, 5],
    [5, 4],
  ],
  [
    [3, 5],
    [2, 5, 4],
  ],
  [
    [2, 3, 5],
    [2, 5, 1],
  ],
  [
    [2, 1, 3, 2],
    [4, 2, 3],
  ],
  [
    [2, 3, 2, 5],
    [1, 3, 5, 2],
  ],
  [[3], [2, 3, 4]],
  [[2, 2, 3, 4], [4]],
  [
    [1, 3, 5],
    [5, 2],
  ],
];

function gemm(transA: number, transB: number, bias: readonly number[] | undefined): GradientCase {
  const operands = [
    uniform(transA === 1 ? [5, 3] : [3, 5], 1),
    uniform(transB === 1 ? [4, 5] : [5, 4], 2),
    ...(bias === undefined ? [] : [uniform(bias, 3)]),
  ];
  const name = `transA ${transA}, transB ${transB}, ${bias === undefined ? 'no bias' : `bias [${bias.join(', ')}]`}`;
  const attributes = { transA: int(transA), transB: int(transB), alpha: float(0.7), beta: float(1.3) };
  return apply('Gemm', name, operands, attributes);
}

export const matrixCases: Readonly<Record<string, readonly GradientCase[]>> = {
  MatMul: products.map(([a, b], i) =>
    apply('MatMul', `[${a.join(', ')}] · [${b.join(', ')}]`, [uniform(a, i), uniform(b, i + 50)]),
  ),
  Gemm: [
    ...[0, 1].flatMap((transA) =>
      [0, 1].flatMap((transB) => [undefined, [4], [3, 1], [], [3, 4]].map((bias) => gemm(transA, transB, bias))),
    ),
    apply('Gemm', 'defaults', [uniform([1, 7], 1), uniform([7, 1], 2), uniform([1], 3)]),
  ],
};
