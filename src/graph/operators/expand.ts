// Expand: broadcasts to a shape; its gradient sums back.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes, sumToShape } from '../shapes.ts';
import { requiredInput } from '../types.ts';

export const expand: OperatorDefinition = {
  op: 'Expand',
  infer: (c) => {
    const target = c.constant(1);
    if (target === undefined) throw invalidNode(c, 'the target shape must be a constant');
    const x = operand(c, 0);
    return [{ dtype: x.dtype, shape: broadcastShapes(c, x.shape, [...target.data].map(Number)) }];
  },
  gradient: (c) => [sumToShape(c.b, firstGradient(c), requiredInput(c.node, 0)), undefined],
};
