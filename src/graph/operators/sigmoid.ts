// Sigmoid: s = 1/(1+e^−x). ds = s·(1−s)·dx, written s − s².
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { requiredOutput } from '../types.ts';

export const sigmoid: OperatorDefinition = {
  op: 'Sigmoid',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    const s = requiredOutput(c.node, 0);
    return [c.b.mul(firstGradient(c), c.b.sub(s, c.b.mul(s, s)))];
  },
};
