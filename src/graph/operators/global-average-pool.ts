// GlobalAveragePool: the mean over all spatial positions; its gradient is spread evenly.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { requiredInput, staticShape } from '../types.ts';

export const globalAveragePool: OperatorDefinition = {
  op: 'GlobalAveragePool',
  infer: (c) => {
    const x = operand(c, 0);
    return [{ dtype: x.dtype, shape: x.shape.map((dimension, i) => (i < 2 ? dimension : 1)) }];
  },
  gradient: (c) => {
    const shape = staticShape(requiredInput(c.node, 0));
    const positions = shape.slice(2).reduce((product, size) => product * size, 1);
    const each = c.b.div(firstGradient(c), c.b.floats([positions]));
    return [c.b.node('Expand', [each, c.b.int64s(...shape)])];
  },
};
