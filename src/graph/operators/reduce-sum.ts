// ReduceSum over constant axes (all of them when left out); the gradient is broadcast back.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { type Dimension, intAttribute, requiredInput, type Shape, staticShape } from '../types.ts';

/** The shape that is left after reducing `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Dimension[] {
  return shape.flatMap((size, i) => (axes.includes(i) ? (keep ? [1] : []) : [size]));
}

export const reduceSum: OperatorDefinition = {
  op: 'ReduceSum',
  infer: (c) => {
    const x = operand(c, 0);
    const given = c.constant(1);
    if (given === undefined && c.inputs[1] !== undefined) throw invalidNode(c, 'axes must be a constant');
    const axes =
      given === undefined
        ? x.shape.map((_, i) => i)
        : [...given.data].map((a) => normaliseAxis(Number(a), x.shape.length));
    const keep = intAttribute(c, 'keepdims', 1) === 1;
    return [{ dtype: x.dtype, shape: reducedShape(x.shape, axes, keep) }];
  },
  gradient: (c) => {
    const x = requiredInput(c.node, 0);
    const shape = staticShape(x);
    const axesInput = c.node.inputs[1];
    const literal = axesInput === undefined ? undefined : c.b.literal(axesInput);
    const axes =
      literal === undefined
        ? shape.map((_, i) => i)
        : [...literal.data].map((a) => normaliseAxis(Number(a), shape.length));
    const kept = c.b.reshape(firstGradient(c), reducedShape(shape, axes, true).map(Number));
    return [c.b.node('Expand', [kept, c.b.int64s(...shape)]), undefined];
  },
};
