// ReduceMean over axes given as an attribute (all of them when left out); the gradient is spread evenly.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { type Attributed, intAttribute, intsAttribute, requiredInput, type Shape, staticShape } from '../types.ts';
import { reducedShape } from './reduce-sum.ts';

function axesOf(node: Attributed, shape: Shape): number[] {
  const all = shape.map((_, i) => i);
  const given = intsAttribute(node, 'axes', all);
  return given.length === 0 ? all : given.map((axis) => normaliseAxis(axis, shape.length));
}

export const reduceMean: OperatorDefinition = {
  op: 'ReduceMean',
  infer: (c) => {
    const x = operand(c, 0);
    const keep = intAttribute(c, 'keepdims', 1) === 1;
    return [{ dtype: x.dtype, shape: reducedShape(x.shape, axesOf(c, x.shape), keep) }];
  },
  gradient: (c) => {
    const shape = staticShape(requiredInput(c.node, 0));
    const axes = axesOf(c.node, shape);
    const count = axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
    const each = c.b.div(firstGradient(c), c.b.floats([count]));
    const kept = c.b.reshape(each, reducedShape(shape, axes, true).map(Number));
    return [c.b.node('Expand', [kept, c.b.int64s(...shape)])];
  },
};
