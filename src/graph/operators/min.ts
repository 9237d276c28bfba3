// Min: the smaller of two, element-wise with broadcasting; used in gradient clipping, has no gradient of its own.
import { operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes } from '../shapes.ts';

export const min: OperatorDefinition = {
  op: 'Min',
  infer: (c) => [{ dtype: operand(c, 0).dtype, shape: broadcastShapes(c, operand(c, 0).shape, operand(c, 1).shape) }],
};
