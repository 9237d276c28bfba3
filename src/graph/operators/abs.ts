// Abs: |x|. dx = dy·sign(x); 0 at 0.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { requiredInput } from '../types.ts';

export const abs: OperatorDefinition = {
  op: 'Abs',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => [c.b.mul(firstGradient(c), c.b.node('Sign', [requiredInput(c.node, 0)]))],
};
