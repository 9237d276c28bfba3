// Pad with a constant, the mirrored inside (reflect) or the border value (edge); negative pads cut off. The gradient is
// cut out again, and in the latter two modes what fell on the border is folded back, axis by axis.
import {
  firstGradient,
  type GradientContext,
  type InferenceContext,
  invalidNode,
  operand,
  type OperatorDefinition,
} from '../operator.ts';
import { type Dimension, int, requiredInput, type Shape, staticShape, stringAttribute, type Value } from '../types.ts';
import { unsupportedGradient } from './unsupported-gradient.ts';

export const pad: OperatorDefinition = {
  op: 'Pad',
  infer: (c) => {
    const x = operand(c, 0);
    return [{ dtype: x.dtype, shape: paddedShape(c, x.shape) }];
  },
  gradient: (c) => {
    const mode = stringAttribute(c.node, 'mode', 'constant');
    if (c.needs[2] === true) throw unsupportedGradient(c.node, 'a trained padding value', 'a fixed padding value');
    const { begins, ends } = padsOf(c);
    switch (mode) {
      case 'constant':
        return [withoutPads(c, firstGradient(c), { begins, ends })];
      case 'reflect':
      case 'edge':
        return [
          begins.reduce(
            (gradient, begin, axis) => folded(c, gradient, { axis, begin, end: ends[axis] ?? 0, mode }),
            firstGradient(c),
          ),
        ];
      default:
        throw unsupportedGradient(c.node, `mode ${mode}`, 'mode constant, reflect or edge');
    }
  },
};

function paddedShape(c: InferenceContext, shape: Shape): Dimension[] {
  const pads = c.constant(1);
  if (pads === undefined) throw invalidNode(c, 'pads must be a constant');
  const rank = shape.length;
  if (pads.data.length !== 2 * rank) throw invalidNode(c, `${pads.data.length} pads for ${rank} axes`);
  return shape.map((size, i) => {
    const grow = Number(pads.data[i]) + Number(pads.data[i + rank]);
    if (typeof size === 'number') return size + grow;
    if (grow !== 0) throw invalidNode(c, `axis ${i} (${size}) must have a known size to be padded`);
    return size;
  });
}

function padsOf(c: GradientContext): { begins: number[]; ends: number[] } {
  const literal = c.b.literal(requiredInput(c.node, 1));
  const pads = [...(literal?.data ?? [])].map(Number);
  return { begins: pads.slice(0, pads.length / 2), ends: pads.slice(pads.length / 2) };
}

function withoutPads(
  c: GradientContext,
  gradient: Value,
  { begins, ends }: { begins: number[]; ends: number[] },
): Value {
  if ([...begins, ...ends].some((count) => count < 0))
    return c.b.node('Pad', [gradient, c.b.int64s(...[...begins, ...ends].map((count) => -count))]);
  const shape = staticShape(requiredInput(c.node, 0));
  const cut = begins.flatMap((begin, axis) => (begin > 0 || (ends[axis] ?? 0) > 0 ? [axis] : []));
  if (cut.length === 0) return gradient;
  const from = cut.map((axis) => begins[axis] ?? 0);
  const to = cut.map((axis, i) => (from[i] ?? 0) + (shape[axis] ?? 0));
  return c.b.node('Slice', [gradient, c.b.int64s(...from), c.b.int64s(...to), c.b.int64s(...cut)]);
}

interface AxisPad {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
  readonly mode: 'reflect' | 'edge';
}

/** The gradient before one axis was padded: its inside, plus each border put back on the positions it came from. */
function folded(c: GradientContext, gradient: Value, { axis, begin, end, mode }: AxisPad): Value {
  if (begin === 0 && end === 0) return gradient;
  if (begin < 0 || end < 0) throw unsupportedGradient(c.node, `negative pads in mode ${mode}`, 'pads of 0 or more');
  const shape = staticShape(gradient);
  const size = (shape[axis] ?? 0) - begin - end;
  const take = (from: number, to: number, step = 1): Value =>
    c.b.node('Slice', [gradient, c.b.int64s(from), c.b.int64s(to), c.b.int64s(axis), c.b.int64s(step)]);
  const place = (border: Value, at: number, length: number): Value => {
    const pads = shape.map((_, i) => (i === axis ? at : 0));
    const after = shape.map((_, i) => (i === axis ? size - at - length : 0));
    return c.b.node('Pad', [border, c.b.int64s(...pads, ...after)]);
  };
  const total = (border: Value): Value => c.b.node('ReduceSum', [border, c.b.int64s(axis)], { keepdims: int(1) });
  let result = take(begin, begin + size);
  // Edge: the border's sum lands on the outermost position. Reflect: it is turned round and lands one further in.
  if (begin > 0) {
    const border = mode === 'edge' ? total(take(0, begin)) : take(begin - 1, -(2 ** 31), -1);
    result = c.b.add(result, mode === 'edge' ? place(border, 0, 1) : place(border, 1, begin));
  }
  if (end > 0) {
    const border = mode === 'edge' ? total(take(begin + size, begin + size + end)) : take(-1, begin + size - 1, -1);
    result = c.b.add(result, mode === 'edge' ? place(border, size - 1, 1) : place(border, size - 1 - end, end));
  }
  return result;
}
