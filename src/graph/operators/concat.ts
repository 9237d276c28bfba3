// Concat along one axis; the gradient is cut apart again.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { type Dimension, int, intAttribute, requiredInput, staticShape } from '../types.ts';

export const concat: OperatorDefinition = {
  op: 'Concat',
  infer: (c) => {
    const first = operand(c, 0);
    const axis = normaliseAxis(intAttribute(c, 'axis', 0), first.shape.length);
    let length = 0;
    c.inputs.forEach((_, i) => {
      const { shape } = operand(c, i);
      if (shape.length !== first.shape.length || shape.some((size, d) => d !== axis && size !== first.shape[d]))
        throw invalidNode(c, `[${shape.join(', ')}] does not join [${first.shape.join(', ')}] along axis ${axis}`);
      length += Number(shape[axis]);
    });
    if (Number.isNaN(length)) throw invalidNode(c, `axis ${axis} must have a known size in every input`);
    return [{ dtype: first.dtype, shape: first.shape.map((size, d): Dimension => (d === axis ? length : size)) }];
  },
  gradient: (c) => {
    const axis = normaliseAxis(intAttribute(c.node, 'axis', 0), requiredInput(c.node, 0).shape.length);
    const lengths = c.node.inputs.map((_, i) => staticShape(requiredInput(c.node, i))[axis] ?? 0);
    const attributes = { axis: int(axis) };
    return c.b.outputsOf('Split', [firstGradient(c), c.b.int64s(...lengths)], attributes, { outputs: lengths.length });
  },
};
