// Identity: passes its input on, and its gradient back.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';

export const identity: OperatorDefinition = {
  op: 'Identity',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => [firstGradient(c)],
};
