// Neg: −x.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';

export const neg: OperatorDefinition = {
  op: 'Neg',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => [c.b.node('Neg', [firstGradient(c)])],
};
