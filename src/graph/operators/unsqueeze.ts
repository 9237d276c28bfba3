// Unsqueeze: inserts axes of size 1; the gradient takes the old shape.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { type Dimension, requiredInput, staticShape } from '../types.ts';

export const unsqueeze: OperatorDefinition = {
  op: 'Unsqueeze',
  infer: (c) => {
    const x = operand(c, 0);
    const given = c.constant(1);
    if (given === undefined) throw invalidNode(c, 'axes must be a constant');
    const rank = x.shape.length + given.data.length;
    const axes = new Set([...given.data].map((axis) => normaliseAxis(Number(axis), rank)));
    const left = [...x.shape];
    return [
      {
        dtype: x.dtype,
        shape: Array.from({ length: rank }, (_, i): Dimension => (axes.has(i) ? 1 : (left.shift() ?? 1))),
      },
    ];
  },
  gradient: (c) => [c.b.reshape(firstGradient(c), staticShape(requiredInput(c.node, 0))), undefined],
};
