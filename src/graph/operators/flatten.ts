// Flatten to two dimensions around an axis.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { type Dimension, intAttribute, requiredInput, staticShape } from '../types.ts';

function product(shape: readonly Dimension[]): Dimension {
  const named = shape.find((dimension) => typeof dimension === 'string');
  return named ?? shape.reduce<number>((all, dimension) => all * Number(dimension), 1);
}

export const flatten: OperatorDefinition = {
  op: 'Flatten',
  infer: (c) => {
    const x = operand(c, 0);
    const axis = normaliseAxis(intAttribute(c, 'axis', 1), x.shape.length);
    return [{ dtype: x.dtype, shape: [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))] }];
  },
  gradient: (c) => [c.b.reshape(firstGradient(c), staticShape(requiredInput(c.node, 0)))],
};
