// ReduceSum over constant axes (all of them when left out); the gradient is broadcast back.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import {
  type Attributed,
  type Dimension,
  intAttribute,
  requiredInput,
  type Shape,
  staticShape,
  type TensorLiteral,
} from '../types.ts';

/** The shape that is left after reducing `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Dimension[] {
  return shape.flatMap((size, i) => (axes.includes(i) ? (keep ? [1] : []) : [size]));
}

/** The reduced axes. None given means all, unless `noop_with_empty_axes` says none. */
function axesOf(node: Attributed, shape: Shape, given: TensorLiteral | undefined): number[] {
  if (given !== undefined && given.data.length > 0)
    return [...given.data].map((axis) => normaliseAxis(Number(axis), shape.length));
  return intAttribute(node, 'noop_with_empty_axes', 0) === 1 ? [] : shape.map((_, i) => i);
}

export const reduceSum: OperatorDefinition = {
  op: 'ReduceSum',
  infer: (c) => {
    const x = operand(c, 0);
    const given = c.constant(1);
    if (given === undefined && c.inputs[1] !== undefined) throw invalidNode(c, 'axes must be a constant');
    const keep = intAttribute(c, 'keepdims', 1) === 1;
    return [{ dtype: x.dtype, shape: reducedShape(x.shape, axesOf(c, x.shape, given), keep) }];
  },
  gradient: (c) => {
    const shape = staticShape(requiredInput(c.node, 0));
    const axesInput = c.node.inputs[1];
    const axes = axesOf(c.node, shape, axesInput === undefined ? undefined : c.b.literal(axesInput));
    const kept = c.b.reshape(firstGradient(c), reducedShape(shape, axes, true).map(Number));
    return [c.b.node('Expand', [kept, c.b.int64s(...shape)]), undefined];
  },
};
