// Reshape to a constant shape (0 copies a dimension, one −1 is worked out); the gradient takes the old shape.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { type Dimension, requiredInput, staticShape } from '../types.ts';

export const reshape: OperatorDefinition = {
  op: 'Reshape',
  infer: (c) => {
    const x = operand(c, 0);
    const target = c.constant(1);
    if (target === undefined) throw invalidNode(c, 'the target shape must be a constant');
    const wanted = [...target.data].map(Number);
    const copied = wanted.map((size, i): Dimension => (size === 0 ? (x.shape[i] ?? 1) : size));
    const names = x.shape.filter((dimension) => typeof dimension === 'string');
    const product = (shape: readonly Dimension[]): number =>
      shape.reduce<number>(
        (all, dimension) => (typeof dimension === 'number' && dimension !== -1 ? all * dimension : all),
        1,
      );
    const total = product(x.shape);
    const shape = copied.map((dimension): Dimension => {
      if (dimension !== -1) return dimension;
      const rest = total / product(copied);
      return names.length > copied.filter((d) => typeof d === 'string').length && rest === 1
        ? (names[0] ?? rest)
        : rest;
    });
    if (names.length === 0 && product(shape) !== total)
      throw invalidNode(c, `[${x.shape.join(', ')}] cannot become [${wanted.join(', ')}]`);
    return [{ dtype: x.dtype, shape }];
  },
  gradient: (c) => [c.b.reshape(firstGradient(c), staticShape(requiredInput(c.node, 0))), undefined],
};
