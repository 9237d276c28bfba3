// Sqrt: √x. dx = dy/(2y).
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { requiredOutput } from '../types.ts';

export const sqrt: OperatorDefinition = {
  op: 'Sqrt',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => [c.b.div(c.b.mul(firstGradient(c), c.b.floats([0.5])), requiredOutput(c.node, 0))],
};
