// Slice with constant bounds and any steps. The gradient is put back where it was taken from: turned round where the
// step is negative, spread apart with zeros where it is above 1, and padded with zeros.
import {
  firstGradient,
  type GradientContext,
  type InferenceContext,
  invalidNode,
  operand,
  type OperatorDefinition,
} from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { type Dimension, elementCount, requiredInput, staticShape, type TensorLiteral, type Value } from '../types.ts';

/** What is taken of one axis: `length` positions from `begin` on, `step` apart. */
interface Cut {
  readonly begin: number;
  readonly length: number;
  readonly step: number;
}

/** The cut of every axis, bounds clamped as ONNX says; undefined where it cannot be known (a named dimension is cut). */
function cutsOf(shape: readonly Dimension[], literals: readonly (TensorLiteral | undefined)[]): (Cut | undefined)[] {
  const numbers = literals.map((literal) => (literal === undefined ? undefined : [...literal.data].map(Number)));
  const [begins = [], ends = []] = numbers;
  const axes = numbers[2] ?? begins.map((_, i) => i);
  const steps = numbers[3] ?? begins.map(() => 1);
  const cuts: (Cut | undefined)[] = shape.map((size) => ({ begin: 0, length: Number(size), step: 1 }));
  axes.forEach((given, i) => {
    const axis = normaliseAxis(given, shape.length);
    cuts[axis] = cutOf(shape[axis] ?? 1, { begin: begins[i] ?? 0, end: ends[i] ?? 0, step: steps[i] ?? 1 });
  });
  return cuts;
}

function cutOf(size: Dimension, { begin, end, step }: { begin: number; end: number; step: number }): Cut | undefined {
  if (typeof size === 'string') {
    const whole = begin === 0 && end >= 2 ** 31 - 1 && step === 1;
    return whole ? { begin: 0, length: Number.NaN, step: 1 } : undefined;
  }
  const clamp = (at: number, low: number, high: number): number =>
    Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const [from, to] =
    step > 0 ? [clamp(begin, 0, size), clamp(end, 0, size)] : [clamp(begin, 0, size - 1), clamp(end, -1, size - 1)];
  return { begin: from, length: Math.max(0, Math.ceil((to - from) / step)), step };
}

function inferredCuts(c: InferenceContext): Cut[] {
  const literals = [1, 2, 3, 4].map((i) => c.constant(i));
  const unknown = literals.some((literal, i) => literal === undefined && (i < 2 || c.inputs[i + 1] !== undefined));
  if (unknown) throw invalidNode(c, 'bounds, axes and steps must be constants');
  if ([...(literals[3]?.data ?? [])].some((step) => Number(step) === 0)) throw invalidNode(c, 'a step is 0');
  return cutsOf(operand(c, 0).shape, literals).map((cut, axis) => {
    if (cut !== undefined) return cut;
    throw invalidNode(c, `axis ${axis} (${String(operand(c, 0).shape[axis])}) must have a known size to be cut`);
  });
}

export const slice: OperatorDefinition = {
  op: 'Slice',
  infer: (c) => {
    const x = operand(c, 0);
    const shape = inferredCuts(c).map((cut, i): Dimension =>
      Number.isNaN(cut.length) ? (x.shape[i] ?? 1) : cut.length,
    );
    return [{ dtype: x.dtype, shape }];
  },
  gradient: (c) => {
    const shape = staticShape(requiredInput(c.node, 0));
    const literals = [1, 2, 3, 4].map((i) => {
      const value = c.node.inputs[i];
      return value === undefined ? undefined : c.b.literal(value);
    });
    const cuts = cutsOf(shape, literals).flatMap((cut) => (cut === undefined ? [] : [cut]));
    if (cuts.some((cut) => cut.length === 0)) return [c.b.floats(new Float32Array(elementCount(shape)), shape)];
    return [putBack(c, firstGradient(c), { cuts, shape })];
  },
};

function putBack(
  c: GradientContext,
  gradient: Value,
  { cuts, shape }: { cuts: readonly Cut[]; shape: readonly number[] },
): Value {
  const forward = cuts.map((cut) => (cut.step > 0 ? cut : turned(cut)));
  const backwards = cuts.flatMap((cut, axis) => (cut.step < 0 ? [axis] : []));
  const straight = backwards.length === 0 ? gradient : reverse(c, gradient, backwards);
  const spread = spreadApart(c, straight, forward);
  const begins = forward.map((cut) => cut.begin);
  // Negative where the zeros behind the last position reach over the end: Pad then cuts them off.
  const ends = forward.map((cut, i) => (shape[i] ?? 0) - cut.begin - cut.length * cut.step);
  return c.b.node('Pad', [spread, c.b.int64s(...begins, ...ends)]);
}

/** The same positions, walked upwards. */
function turned({ begin, length, step }: Cut): Cut {
  return { begin: begin + (length - 1) * step, length, step: -step };
}

/** Turns the order of these axes round. */
function reverse(c: GradientContext, value: Value, axes: readonly number[]): Value {
  const all = (number: number): Value => c.b.int64s(...axes.map(() => number));
  return c.b.node('Slice', [value, all(-1), all(-(2 ** 31)), c.b.int64s(...axes), all(-1)]);
}

/** Puts step − 1 zeros behind every position: [… L …] → [… L, 1 …] → [… L, step …] → [… L·step …]. */
function spreadApart(c: GradientContext, value: Value, cuts: readonly Cut[]): Value {
  if (cuts.every((cut) => cut.step === 1)) return value;
  const lengths = cuts.flatMap((cut) => (cut.step === 1 ? [cut.length] : [cut.length, 1]));
  const zeros = cuts.flatMap((cut) => (cut.step === 1 ? [0] : [0, cut.step - 1]));
  const parted = c.b.reshape(value, lengths);
  const filled = c.b.node('Pad', [parted, c.b.int64s(...zeros.map(() => 0), ...zeros)]);
  return c.b.reshape(
    filled,
    cuts.map((cut) => cut.length * cut.step),
  );
}
