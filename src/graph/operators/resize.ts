// Resize by whole factors, nearest neighbour: repeats values. Used in the gradient of pooling.
import { operand, type OperatorDefinition } from '../operator.ts';
import { type Dimension } from '../types.ts';

export const resize: OperatorDefinition = {
  op: 'Resize',
  infer: (c) => {
    const x = operand(c, 0);
    const scales = c.constant(2);
    const sizes = c.constant(3);
    const shape = x.shape.map((dimension, i): Dimension => {
      if (sizes !== undefined) return Number(sizes.data[i] ?? 1);
      const scale = Number(scales?.data[i] ?? 1);
      return typeof dimension === 'number' ? Math.floor(dimension * scale) : dimension;
    });
    return [{ dtype: x.dtype, shape }];
  },
};
