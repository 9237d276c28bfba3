// Split along one axis into given lengths; the gradient is joined again (zeros where none flows).
import { invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { elementCount, int, intAttribute, requiredInput, staticShape } from '../types.ts';

export const split: OperatorDefinition = {
  op: 'Split',
  infer: (c) => {
    const x = operand(c, 0);
    const axis = normaliseAxis(intAttribute(c, 'axis', 0), x.shape.length);
    const total = Number(x.shape[axis]);
    const given = c.constant(1);
    const lengths =
      given === undefined ? Array<number>(c.outputCount).fill(total / c.outputCount) : [...given.data].map(Number);
    if (lengths.length !== c.outputCount || lengths.reduce((sum, length) => sum + length, 0) !== total)
      throw invalidNode(c, `lengths [${lengths.join(', ')}] do not make up ${total}`);
    return lengths.map((length) => ({ dtype: x.dtype, shape: x.shape.map((size, d) => (d === axis ? length : size)) }));
  },
  gradient: (c) => {
    const axis = normaliseAxis(intAttribute(c.node, 'axis', 0), requiredInput(c.node, 0).shape.length);
    const parts = c.node.outputs.map((output, i) => {
      const shape = staticShape(output);
      return c.outputGradients[i] ?? c.b.floats(new Float32Array(elementCount(shape)), shape);
    });
    return [c.b.node('Concat', parts, { axis: int(axis) }), undefined];
  },
};
