// Exp: e^x. dx = dy·y.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { requiredOutput } from '../types.ts';

export const exp: OperatorDefinition = {
  op: 'Exp',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => [c.b.mul(firstGradient(c), requiredOutput(c.node, 0))],
};
