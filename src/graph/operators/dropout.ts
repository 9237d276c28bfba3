// Dropout as it stands in files: at inference it passes everything on, and so does its gradient. The training form of
// ONNX draws from the runtime's own generator, which a resumed run could not repeat; Pawprint's networks drop by a
// mask made from a graph input of uniform numbers instead (the `dropout` block), and replacing an imported node by
// that block is what `appendGraph` offers.
import { firstGradient, type GradientContext, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { unsupportedGradient } from './unsupported-gradient.ts';

export const dropout: OperatorDefinition = {
  op: 'Dropout',
  infer: (c) => {
    const x = operand(c, 0);
    if (c.inputs[2] !== undefined && c.constant(2) === undefined)
      throw invalidNode(c, 'training_mode must be a constant');
    return [x, { dtype: 'bool', shape: x.shape }];
  },
  gradient: (c) => {
    if (drawsNumbers(c))
      throw unsupportedGradient(
        c.node,
        'training_mode=1',
        'training_mode=0, or a mask made from uniform random inputs',
      );
    return [firstGradient(c), undefined, undefined];
  },
};

function drawsNumbers(c: GradientContext): boolean {
  const mode = c.node.inputs[2];
  return mode !== undefined && Number(c.b.literal(mode)?.data[0] ?? 0) !== 0;
}
