// LeakyRelu: x where x > 0, alpha·x elsewhere. dx = dy·(alpha + (1 − alpha)·[x > 0]).
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { floatAttribute, requiredInput } from '../types.ts';
import { positiveMask } from './hard-sigmoid.ts';

export const leakyRelu: OperatorDefinition = {
  op: 'LeakyRelu',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    const alpha = floatAttribute(c.node, 'alpha', 0.01);
    const mask = positiveMask(c.b, requiredInput(c.node, 0));
    const slope = c.b.add(c.b.mul(mask, c.b.floats([1 - alpha])), c.b.floats([alpha]));
    return [c.b.mul(firstGradient(c), slope)];
  },
};
