// Pow: x^a, element-wise with broadcasting. dx = dy·a·x^(a−1); da = dy·y·ln(x), for positive x.
import { firstGradient, type GradientContext, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes, sumToShape } from '../shapes.ts';
import { requiredInput, requiredOutput, type Value } from '../types.ts';
import { unsupportedGradient } from './unsupported-gradient.ts';

export const pow: OperatorDefinition = {
  op: 'Pow',
  infer: (c) => [{ dtype: operand(c, 0).dtype, shape: broadcastShapes(c, operand(c, 0).shape, operand(c, 1).shape) }],
  gradient: (c) => {
    const [x, a] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
    if (a.dtype !== 'float32')
      throw unsupportedGradient(c.node, `an exponent of type ${a.dtype}`, 'a float32 exponent');
    const dy = firstGradient(c);
    const logarithm = (): Value => c.b.mul(requiredOutput(c.node, 0), c.b.node('Log', [x]));
    return [
      c.needs[0] ? sumToShape(c.b, c.b.mul(dy, slope(c, x, a)), x) : undefined,
      c.needs[1] ? sumToShape(c.b, c.b.mul(dy, logarithm()), a) : undefined,
    ];
  },
};

/** a·x^(a−1), without the power where a is the constant 2. */
function slope(c: GradientContext, x: Value, a: Value): Value {
  const literal = c.b.literal(a);
  if (literal?.data.length === 1 && literal.data[0] === 2) return c.b.mul(a, x);
  return c.b.mul(a, c.b.node('Pow', [x, c.b.sub(a, c.b.floats([1]))]));
}
