// Slice with constant bounds and positive steps; the gradient is padded back with zeros.
import { PawprintError } from '../../core/index.ts';
import { firstGradient, type InferenceContext, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { type Dimension, requiredInput, staticShape, type TensorLiteral } from '../types.ts';

interface Cut {
  readonly begin: number;
  readonly end: number;
  readonly step: number;
}

/** Begin, end and step of every axis, clamped as ONNX says. */
function cutsOf(shape: readonly Dimension[], literals: readonly (TensorLiteral | undefined)[]): Cut[] {
  const numbers = literals.map((literal) => (literal === undefined ? undefined : [...literal.data].map(Number)));
  const [begins = [], ends = [], axes = begins.map((_, i) => i), steps = begins.map(() => 1)] = numbers;
  const cuts = shape.map((size): Cut => ({ begin: 0, end: typeof size === 'number' ? size : 0, step: 1 }));
  axes.forEach((given, i) => {
    const axis = normaliseAxis(given, shape.length);
    const size = Number(shape[axis]);
    const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    cuts[axis] = { begin: clamp(begins[i] ?? 0), end: clamp(ends[i] ?? size), step: steps[i] ?? 1 };
  });
  return cuts;
}

function checked(c: InferenceContext): Cut[] {
  const literals = [1, 2, 3, 4].map((i) => c.constant(i));
  if (literals[0] === undefined || literals[1] === undefined) throw invalidNode(c, 'bounds must be constants');
  const cuts = cutsOf(operand(c, 0).shape, literals);
  if (cuts.some((cut) => cut.step < 1)) throw invalidNode(c, 'steps must be positive');
  return cuts;
}

export const slice: OperatorDefinition = {
  op: 'Slice',
  infer: (c) => {
    const x = operand(c, 0);
    const shape = checked(c).map((cut, i): Dimension => {
      const size = x.shape[i] ?? 1;
      return typeof size === 'string' ? size : Math.max(0, Math.ceil((cut.end - cut.begin) / cut.step));
    });
    return [{ dtype: x.dtype, shape }];
  },
  gradient: (c) => {
    const shape = staticShape(requiredInput(c.node, 0));
    const literals = [1, 2, 3, 4].map((i) => {
      const value = c.node.inputs[i];
      return value === undefined ? undefined : c.b.literal(value);
    });
    const cuts = cutsOf(shape, literals);
    if (cuts.some((cut) => cut.step !== 1))
      throw new PawprintError('OPERATOR_UNSUPPORTED', {
        message: `Slice node ${c.node.name} has no gradient rule for steps above 1`,
        expected: 'step 1',
        received: cuts.map((cut) => cut.step).join(', '),
      });
    const pads = [...cuts.map((cut) => cut.begin), ...cuts.map((cut, i) => (shape[i] ?? 0) - cut.end)];
    return [c.b.node('Pad', [firstGradient(c), c.b.int64s(...pads)]), undefined, undefined, undefined, undefined];
  },
};
