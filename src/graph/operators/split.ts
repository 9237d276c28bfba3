// Split along one axis into given or equal lengths; the gradient is joined again (zeros where none flows).
import { type InferenceContext, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { elementCount, int, intAttribute, requiredInput, staticShape } from '../types.ts';

export const split: OperatorDefinition = {
  op: 'Split',
  infer: (c) => {
    const x = operand(c, 0);
    const axis = normaliseAxis(intAttribute(c, 'axis', 0), x.shape.length);
    const total = x.shape[axis];
    if (typeof total !== 'number') throw invalidNode(c, `axis ${axis} (${String(total)}) must have a known size`);
    return lengthsOf(c, total).map((length) => ({
      dtype: x.dtype,
      shape: x.shape.map((size, d) => (d === axis ? length : size)),
    }));
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

function lengthsOf(c: InferenceContext, total: number): number[] {
  const given = c.constant(1);
  if (given === undefined && c.inputs[1] !== undefined) throw invalidNode(c, 'the lengths must be a constant');
  const equal = total / c.outputCount;
  const lengths = given === undefined ? Array<number>(c.outputCount).fill(equal) : [...given.data].map(Number);
  const fits = lengths.every(Number.isInteger) && lengths.reduce((sum, length) => sum + length, 0) === total;
  if (lengths.length !== c.outputCount || !fits)
    throw invalidNode(c, `${c.outputCount} parts of lengths [${lengths.join(', ')}] do not make up ${total}`);
  return lengths;
}
