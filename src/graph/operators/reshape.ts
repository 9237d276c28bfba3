// Reshape to a constant shape (0 copies a dimension, one −1 is worked out); the gradient takes the old shape.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { type Dimension, intAttribute, requiredInput, staticShape } from '../types.ts';
import { dimensionProduct, dimensionQuotient } from './dimension-product.ts';

export const reshape: OperatorDefinition = {
  op: 'Reshape',
  infer: (c) => {
    const x = operand(c, 0);
    const target = c.constant(1);
    if (target === undefined) throw invalidNode(c, 'the target shape must be a constant');
    const wanted = [...target.data].map(Number);
    const copies = intAttribute(c, 'allowzero', 0) === 0;
    const refused = invalidNode(c, `[${x.shape.join(', ')}] cannot become [${wanted.join(', ')}]`);
    const copied = wanted.map((size, i): Dimension => {
      if (size !== 0 || !copies) return size;
      const same = x.shape[i];
      if (same === undefined) throw refused;
      return same;
    });
    const open = wanted.filter((size) => size === -1).length;
    if (open > 1 || wanted.some((size) => size < -1)) throw refused;
    const rest = dimensionQuotient(
      x.shape,
      copied.filter((dimension) => dimension !== -1),
    );
    if (rest === undefined && open === 1) throw refused;
    const shape = copied.map((dimension) => (dimension === -1 ? (rest ?? 1) : dimension));
    if (open === 0 && dimensionProduct(shape) !== dimensionProduct(x.shape)) throw refused;
    return [{ dtype: x.dtype, shape }];
  },
  gradient: (c) => [c.b.reshape(firstGradient(c), staticShape(requiredInput(c.node, 0))), undefined],
};
