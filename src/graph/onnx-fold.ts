// Works out, while a file is read, the small integer tensors that exporters compute from shapes (Shape → Gather → Concat
// → Reshape): graphs want such targets as constants. Anything else is left to run.
import { normaliseAxis } from './shapes.ts';
import { type Attributed, intAttribute, type Value } from './types.ts';

/** Integers with a shape: what folding computes with. */
export interface Integers {
  readonly dims: readonly number[];
  readonly numbers: readonly number[];
}

/** A node that may be folded: its inputs as values and, where they are known, as integers. */
export interface Foldable extends Attributed {
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly known: readonly (Integers | undefined)[];
}

type Fold = (node: Foldable, x: Integers, y: Integers | undefined) => Integers | undefined;

/** Operators that exist in files only to compute shapes; they never reach a graph. */
export const foldedOperators: ReadonlySet<string> = new Set(['Constant', 'Shape', 'Gather']);

/** The node's result, when it can be worked out from what is known; undefined otherwise. */
export function foldNode(node: Foldable): Integers | undefined {
  if (node.op === 'Shape') return shapeOf(node);
  const [x, y] = node.known;
  const fold = Object.hasOwn(folds, node.op) ? folds[node.op] : undefined;
  const allKnown = node.inputs.every((input, i) => input === undefined || node.known[i] !== undefined);
  const result = fold === undefined || x === undefined || !allKnown ? undefined : fold(node, x, y);
  return result?.numbers.every(Number.isSafeInteger) === true ? result : undefined;
}

function vector(numbers: readonly number[]): Integers {
  return { dims: [numbers.length], numbers };
}

function shapeOf(node: Foldable): Integers | undefined {
  const shape = node.inputs[0]?.shape ?? [];
  const start = normaliseAxis(intAttribute(node, 'start', 0), shape.length);
  const end = normaliseAxis(intAttribute(node, 'end', shape.length), shape.length);
  const part = shape.slice(Math.max(0, start), Math.max(0, end));
  const numbers = part.filter((size) => typeof size === 'number');
  return numbers.length === part.length ? vector(numbers) : undefined;
}

/** Element-wise on equal shapes, or with a single number on one side. */
function elementwise(apply: (a: number, b: number) => number): Fold {
  return (_, x, y) => {
    if (y === undefined) return undefined;
    const [long, short] = x.numbers.length >= y.numbers.length ? [x, y] : [y, x];
    if (short.numbers.length !== 1 && short.numbers.length !== long.numbers.length) return undefined;
    const at = (side: Integers, i: number): number => side.numbers[side.numbers.length === 1 ? 0 : i] ?? 0;
    return { dims: long.dims, numbers: long.numbers.map((_number, i) => apply(at(x, i), at(y, i))) };
  };
}

const flat: Fold = (node, x) =>
  node.op === 'Squeeze' && x.numbers.length === 1 ? { dims: [], numbers: x.numbers } : undefined;

const folds: Readonly<Record<string, Fold>> = {
  Identity: (_, x) => x,
  Cast: (_, x) => x,
  Add: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: elementwise((a, b) => a * b),
  Div: elementwise((a, b) => Math.trunc(a / b)),
  Squeeze: flat,
  Unsqueeze: (_, x) => (x.dims.length === 0 ? vector(x.numbers) : undefined),
  Concat: (node) =>
    node.known.every((part) => part?.dims.length === 1)
      ? vector(node.known.flatMap((part) => part?.numbers ?? []))
      : undefined,
  Gather: (_, x, indices) => {
    if (indices === undefined || x.dims.length !== 1) return undefined;
    return {
      dims: indices.dims,
      numbers: indices.numbers.map((at) => x.numbers[normaliseAxis(at, x.numbers.length)] ?? 0),
    };
  },
  Slice: (node, x) => {
    const [begin = 0, end = 0, , step = 1] = node.known.slice(1).map((part) => part?.numbers[0]);
    return x.dims.length === 1 && step === 1 ? vector(x.numbers.slice(begin, end)) : undefined;
  },
  Reshape: (_, x, target) => (target?.numbers.length === 1 && target.dims.length === 1 ? vector(x.numbers) : undefined),
};
