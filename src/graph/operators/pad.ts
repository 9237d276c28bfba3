// Pad with zeros (or a constant); the gradient is cut out again.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { requiredInput, staticShape, stringAttribute } from '../types.ts';
import { PawprintError } from '../../core/index.ts';

export const pad: OperatorDefinition = {
  op: 'Pad',
  infer: (c) => {
    const x = operand(c, 0);
    const pads = c.constant(1);
    if (pads === undefined) throw invalidNode(c, 'pads must be a constant');
    const rank = x.shape.length;
    const shape = x.shape.map((size, i) => {
      const grow = Number(pads.data[i] ?? 0) + Number(pads.data[i + rank] ?? 0);
      return typeof size === 'number' ? size + grow : size;
    });
    return [{ dtype: x.dtype, shape }];
  },
  gradient: (c) => {
    if (stringAttribute(c.node, 'mode', 'constant') !== 'constant')
      throw new PawprintError('OPERATOR_UNSUPPORTED', {
        message: `Pad node ${c.node.name} has no gradient rule for its mode`,
        expected: 'mode constant',
        received: stringAttribute(c.node, 'mode', 'constant'),
      });
    const shape = staticShape(requiredInput(c.node, 0));
    const literal = c.b.literal(requiredInput(c.node, 1));
    const begins = shape.map((_, i) => Number(literal?.data[i] ?? 0));
    const ends = shape.map((size, i) => size + (begins[i] ?? 0));
    const axes = c.b.int64s(...shape.map((_, i) => i));
    return [
      c.b.node('Slice', [firstGradient(c), c.b.int64s(...begins), c.b.int64s(...ends), axes]),
      undefined,
      undefined,
    ];
  },
};
