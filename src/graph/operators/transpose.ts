// Transpose: permutes axes (reverses them by default); the gradient takes the inverse permutation.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { type Attributed, ints, intsAttribute, requiredInput, type Shape } from '../types.ts';

function permutation(node: Attributed, shape: Shape): readonly number[] {
  return intsAttribute(
    node,
    'perm',
    shape.map((_, i) => shape.length - 1 - i),
  );
}

export const transpose: OperatorDefinition = {
  op: 'Transpose',
  infer: (c) => {
    const x = operand(c, 0);
    const perm = permutation(c, x.shape);
    if (perm.length !== x.shape.length || x.shape.some((_, axis) => !perm.includes(axis)))
      throw invalidNode(c, `[${perm.join(', ')}] does not permute the axes of [${x.shape.join(', ')}]`);
    return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis] ?? 1) }];
  },
  gradient: (c) => {
    const perm = permutation(c.node, requiredInput(c.node, 0).shape);
    return [c.b.node('Transpose', [firstGradient(c)], { perm: ints(...perm.map((_, i) => perm.indexOf(i))) })];
  },
};
