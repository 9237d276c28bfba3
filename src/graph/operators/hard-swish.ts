// HardSwish: x·h with h = clip(x/6 + 1/2, 0, 1). dx = dy·(h + x/6·[0 < h < 1]).
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { float, requiredInput } from '../types.ts';
import { positiveMask } from './hard-sigmoid.ts';

export const hardSwish: OperatorDefinition = {
  op: 'HardSwish',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    const x = requiredInput(c.node, 0);
    const h = c.b.node('HardSigmoid', [x], { alpha: float(1 / 6), beta: float(0.5) });
    const inside = positiveMask(c.b, c.b.sub(h, c.b.mul(h, h)));
    const slope = c.b.add(h, c.b.mul(inside, c.b.mul(x, c.b.floats([1 / 6]))));
    return [c.b.mul(firstGradient(c), slope)];
  },
};
