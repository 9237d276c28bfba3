// Pieces whose gradient is derived by hand, against finite differences: scales of both signs, odd sizes, a piece behind
// and before ordinary nodes, one that is used twice.
import { test } from 'node:test';
import { type GraphBuilder, normPoolRelu, type Value } from '../../src/graph/index.ts';
import { checkGradients, type GradientCase, type Operand, spaced, uniform } from './finite-differences.ts';

function piece(b: GraphBuilder, y: Value, scale: Value, shift: Value): Value {
  const scratch = [b.mul(scale, b.floats([0])), b.mul(shift, b.floats([0]))] as const;
  return normPoolRelu(b, { y, scale, shift, scratch, epsilon: 1e-2 }).out;
}

/** Picture, scales of both signs away from zero, shifts. */
function operands(dims: readonly number[]): readonly Operand[] {
  const channels = dims[1] ?? 1;
  const scale = uniform([channels], 2, 0.5, 1.5);
  scale.data.forEach((value, i) => (scale.data[i] = i % 2 === 1 ? -value : value));
  return [spaced(dims, 1), scale, uniform([channels], 3, 0.05, 0.3)];
}

const sizes = [
  [2, 3, 4, 6],
  [1, 2, 5, 4],
  [3, 1, 3, 7],
  [2, 2, 2, 2],
] as const;

const cases: readonly GradientCase[] = [
  ...sizes.map((dims): GradientCase => ({
    name: `batch norm, pooling and ReLU of [${dims.join(', ')}]`,
    operands: operands(dims),
    tolerance: 5e-3,
    build: (b, [y, scale, shift]) => (y && scale && shift ? piece(b, y, scale, shift) : []),
  })),
  {
    name: 'between other nodes, its result used twice',
    operands: operands([2, 2, 4, 4]),
    tolerance: 5e-3,
    build: (b, [y, scale, shift]) => {
      if (!y || !scale || !shift) return [];
      const out = piece(b, b.node('Tanh', [y]), scale, shift);
      return [b.mul(out, b.node('Sigmoid', [out])), b.node('ReduceMean', [b.mul(scale, scale)])];
    },
  },
];

for (const gradientCase of cases) test(`gradient of a piece: ${gradientCase.name}`, () => checkGradients(gradientCase));
