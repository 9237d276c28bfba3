// Gradient cases of element-wise arithmetic, with broadcasting between ranks 0 to 4.
import { float, type Attributes, type GraphBuilder, int, type Value } from '../../../src/graph/index.ts';
import { type GradientCase, type Operand, spaced, uniform } from '../finite-differences.ts';

/** A case that applies `op` to all operands in order. */
export function apply(
  op: string,
  name: string,
  operands: readonly Operand[],
  attributes: Attributes = {},
): GradientCase {
  return { name, operands, build: (b, values) => b.node(op, values, attributes) };
}

const shapePairs: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[3], [3]],
  [[], [4]],
  [[2, 3], [3]],
  [
    [5, 1],
    [1, 3],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [
    [1, 3, 1, 1],
    [2, 3, 5, 3],
  ],
  [
    [2, 1, 3, 1],
    [4, 1, 7],
  ],
  [[7], [2, 3, 1, 7]],
  [[1], [1, 1, 1]],
];

function broadcasting(op: string, low: number, high: number): GradientCase[] {
  return shapePairs.map(([a, b], i) =>
    apply(op, `[${a.join(', ')}] with [${b.join(', ')}]`, [uniform(a, i, low, high), uniform(b, i + 50, low, high)]),
  );
}

function unary(op: string, operands: readonly Operand[], attributes: Attributes = {}): GradientCase[] {
  return operands.map((operand) => apply(op, `rank ${operand.dims.length}`, [operand], attributes));
}

const anySign = [uniform([], 1), uniform([7], 2), uniform([3, 5], 3), uniform([1, 2, 3, 5], 4)];
const positive = [uniform([], 1, 0.5, 2), uniform([7], 2, 0.5, 2), uniform([3, 5], 3, 0.5, 2)];
const apart = [spaced([7], 1), spaced([3, 5], 2), spaced([2, 3, 1, 5], 3)];

function power(b: GraphBuilder, x: Value, exponent: number): Value {
  return b.node('Pow', [x, b.floats([exponent])]);
}

export const arithmeticCases: Readonly<Record<string, readonly GradientCase[]>> = {
  Add: [
    ...broadcasting('Add', -1, 1),
    { name: 'the same operand twice', operands: [uniform([2, 3], 1)], build: (b, [x]) => b.node('Add', [x, x]) },
  ],
  Sub: broadcasting('Sub', -1, 1),
  Mul: [
    ...broadcasting('Mul', -1, 1),
    { name: 'a square', operands: [uniform([2, 3], 1)], build: (b, [x]) => b.node('Mul', [x, x]) },
  ],
  Div: broadcasting('Div', 0.5, 2),
  Pow: [
    ...broadcasting('Pow', 0.5, 2),
    ...[2, 3, 0.5, -1].map((exponent): GradientCase => ({
      name: `exponent ${exponent}`,
      operands: [uniform([3, 5], 9, exponent === 2 || exponent === 3 ? -1 : 0.5, 2)],
      build: (b, [x]) => (x === undefined ? [] : power(b, x, exponent)),
    })),
  ],
  Sum: [
    apply('Sum', 'one operand', [uniform([2, 3], 1)]),
    apply('Sum', 'three operands', [uniform([2, 3], 1), uniform([3], 2), uniform([2, 1], 3)]),
    apply('Sum', 'four operands of ranks 0 to 4', [
      uniform([], 1),
      uniform([5], 2),
      uniform([3, 1], 3),
      uniform([2, 1, 3, 5], 4),
    ]),
  ],
  Neg: unary('Neg', anySign),
  Exp: unary('Exp', anySign),
  Log: unary('Log', positive),
  Sqrt: unary('Sqrt', positive),
  Abs: unary('Abs', apart),
  Identity: unary('Identity', anySign),
  Cast: [
    ...unary('Cast', anySign, { to: int(1) }),
    {
      name: 'a mask passes no gradient of its own',
      operands: [spaced([3, 5], 1)],
      build: (b, [x]) => {
        if (x === undefined) return [];
        const mask = b.node('Cast', [b.node('Equal', [x, b.node('Abs', [x])])], { to: int(1) });
        return b.node('Mul', [x, mask]);
      },
    },
  ],
  HardSigmoid: [
    ...unary('HardSigmoid', apart, { alpha: float(1.7), beta: float(0.47) }),
    ...unary('HardSigmoid', apart),
  ],
};
