// Min of any number of tensors, element-wise with broadcasting. Used in gradient clipping; has no gradient.
import { operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes } from '../shapes.ts';
import type { Shape } from '../types.ts';

export const min: OperatorDefinition = {
  op: 'Min',
  infer: (c) => {
    const shape = c.inputs.reduce<Shape>((all, _, i) => broadcastShapes(c, all, operand(c, i).shape), []);
    return [{ dtype: operand(c, 0).dtype, shape }];
  },
};
