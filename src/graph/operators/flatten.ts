// Flatten to two dimensions around an axis; the gradient takes the old shape.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { intAttribute, requiredInput, staticShape } from '../types.ts';
import { dimensionProduct } from './dimension-product.ts';

export const flatten: OperatorDefinition = {
  op: 'Flatten',
  infer: (c) => {
    const x = operand(c, 0);
    const axis = normaliseAxis(intAttribute(c, 'axis', 1), x.shape.length);
    const shape = [dimensionProduct(x.shape.slice(0, axis)), dimensionProduct(x.shape.slice(axis))];
    return [{ dtype: x.dtype, shape }];
  },
  gradient: (c) => [c.b.reshape(firstGradient(c), staticShape(requiredInput(c.node, 0)))],
};
