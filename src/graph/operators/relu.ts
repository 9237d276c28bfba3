// Relu: max(x, 0). The gradient passes where the output is positive.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { requiredOutput } from '../types.ts';
import { positiveMask } from './hard-sigmoid.ts';

export const relu: OperatorDefinition = {
  op: 'Relu',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => [c.b.mul(firstGradient(c), positiveMask(c.b, requiredOutput(c.node, 0)))],
};
