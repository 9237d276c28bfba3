// Clip: min(max(x, low), high), each bound optional (Relu6 is 0 … 6). The gradient passes strictly between them.
import { firstGradient, type GradientContext, operand, type OperatorDefinition } from '../operator.ts';
import { requiredOutput, type Value } from '../types.ts';
import { positiveMask } from './hard-sigmoid.ts';
import { unsupportedGradient } from './unsupported-gradient.ts';

export const clip: OperatorDefinition = {
  op: 'Clip',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    if (c.needs[1] === true || c.needs[2] === true)
      throw unsupportedGradient(c.node, 'bounds that are trained', 'fixed bounds');
    const room = roomToBounds(c, requiredOutput(c.node, 0));
    const gradient = firstGradient(c);
    return [room === undefined ? gradient : c.b.mul(gradient, positiveMask(c.b, room))];
  },
};

/** A number that is positive strictly between the bounds and zero on them; undefined without bounds. */
function roomToBounds(c: GradientContext, y: Value): Value | undefined {
  const [, low, high] = c.node.inputs;
  const above = low === undefined ? undefined : isZero(c, low) ? y : c.b.sub(y, low);
  const below = high === undefined ? undefined : c.b.sub(high, y);
  if (above === undefined || below === undefined) return above ?? below;
  return c.b.mul(above, below);
}

function isZero(c: GradientContext, bound: Value): boolean {
  const literal = c.b.literal(bound);
  return literal?.data.length === 1 && Number(literal.data[0]) === 0;
}
