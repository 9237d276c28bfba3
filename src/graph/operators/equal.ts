// Equal: element-wise comparison with broadcasting; no gradient.
import { operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes } from '../shapes.ts';

export const equal: OperatorDefinition = {
  op: 'Equal',
  infer: (c) => [{ dtype: 'bool', shape: broadcastShapes(c, operand(c, 0).shape, operand(c, 1).shape) }],
};
