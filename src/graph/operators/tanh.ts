// Tanh. dx = dy·(1 − y²), written dy − dy·y².
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { requiredOutput } from '../types.ts';

export const tanh: OperatorDefinition = {
  op: 'Tanh',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    const [dy, y] = [firstGradient(c), requiredOutput(c.node, 0)];
    return [c.b.sub(dy, c.b.mul(dy, c.b.mul(y, y)))];
  },
};
