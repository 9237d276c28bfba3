// Add: element-wise sum with broadcasting. d(a+b) = da + db.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes, sumToShape } from '../shapes.ts';
import { requiredInput } from '../types.ts';

export const add: OperatorDefinition = {
  op: 'Add',
  infer: (c) => [{ dtype: operand(c, 0).dtype, shape: broadcastShapes(c, operand(c, 0).shape, operand(c, 1).shape) }],
  gradient: (c) =>
    [0, 1].map((i) => (c.needs[i] ? sumToShape(c.b, firstGradient(c), requiredInput(c.node, i)) : undefined)),
};
