// ConvTranspose: the transposed convolution, here as the input gradient of Conv.
import { operand, type OperatorDefinition } from '../operator.ts';
import { windowOf } from '../shapes.ts';
import { intAttribute, intsAttribute, staticShape } from '../types.ts';

export const convTranspose: OperatorDefinition = {
  op: 'ConvTranspose',
  infer: (c) => {
    const [x, w] = [operand(c, 0), operand(c, 1)];
    const [, perGroup = 1, ...kernel] = staticShape(w);
    const window = windowOf(c, kernel, x.shape);
    const extra = intsAttribute(
      c,
      'output_padding',
      kernel.map(() => 0),
    );
    const spatial = kernel.map((size, i) => {
      const extent = (size - 1) * (window.dilations[i] ?? 1) + 1;
      const pads = (window.pads[i] ?? 0) + (window.pads[i + kernel.length] ?? 0);
      return (Number(x.shape[i + 2]) - 1) * (window.strides[i] ?? 1) + extent - pads + (extra[i] ?? 0);
    });
    return [{ dtype: x.dtype, shape: [x.shape[0] ?? 1, perGroup * intAttribute(c, 'group', 1), ...spatial] }];
  },
};
