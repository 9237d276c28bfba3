// Log: ln(x). dx = dy/x.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { requiredInput } from '../types.ts';

export const log: OperatorDefinition = {
  op: 'Log',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => [c.b.div(firstGradient(c), requiredInput(c.node, 0))],
};
