// Sum of any number of tensors, element-wise with broadcasting; each gets the gradient, summed to its shape.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes, sumToShape } from '../shapes.ts';
import { requiredInput, type Shape } from '../types.ts';

export const sum: OperatorDefinition = {
  op: 'Sum',
  infer: (c) => {
    const shape = c.inputs.reduce<Shape>((all, _, i) => broadcastShapes(c, all, operand(c, i).shape), []);
    return [{ dtype: operand(c, 0).dtype, shape }];
  },
  gradient: (c) =>
    c.node.inputs.map((_, i) => (c.needs[i] ? sumToShape(c.b, firstGradient(c), requiredInput(c.node, i)) : undefined)),
};
