// Sub: element-wise difference with broadcasting. d(a−b) = da − db.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes, sumToShape } from '../shapes.ts';
import { requiredInput } from '../types.ts';

export const sub: OperatorDefinition = {
  op: 'Sub',
  infer: (c) => [{ dtype: operand(c, 0).dtype, shape: broadcastShapes(c, operand(c, 0).shape, operand(c, 1).shape) }],
  gradient: (c) => {
    const g = firstGradient(c);
    return [
      c.needs[0] ? sumToShape(c.b, g, requiredInput(c.node, 0)) : undefined,
      c.needs[1] ? c.b.node('Neg', [sumToShape(c.b, g, requiredInput(c.node, 1))]) : undefined,
    ];
  },
};
