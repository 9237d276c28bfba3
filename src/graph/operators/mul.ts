// Mul: element-wise product with broadcasting. d(ab) = b·da + a·db.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes, sumToShape } from '../shapes.ts';
import { requiredInput } from '../types.ts';

export const mul: OperatorDefinition = {
  op: 'Mul',
  infer: (c) => [{ dtype: operand(c, 0).dtype, shape: broadcastShapes(c, operand(c, 0).shape, operand(c, 1).shape) }],
  gradient: (c) => {
    const g = firstGradient(c);
    const [a, b] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
    return [
      c.needs[0] ? sumToShape(c.b, c.b.mul(g, b), a) : undefined,
      c.needs[1] ? sumToShape(c.b, c.b.mul(g, a), b) : undefined,
    ];
  },
};
