// Squeeze: drops axes of size 1 (all of them when none are named); the gradient takes the old shape.
import { firstGradient, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { normaliseAxis } from '../shapes.ts';
import { requiredInput, staticShape } from '../types.ts';

export const squeeze: OperatorDefinition = {
  op: 'Squeeze',
  infer: (c) => {
    const x = operand(c, 0);
    const given = c.constant(1);
    if (given === undefined && c.inputs[1] !== undefined) throw invalidNode(c, 'axes must be a constant');
    const axes =
      given === undefined
        ? x.shape.flatMap((size, i) => (size === 1 ? [i] : []))
        : [...given.data].map((axis) => normaliseAxis(Number(axis), x.shape.length));
    const wrong = axes.find((axis) => x.shape[axis] !== 1);
    if (wrong !== undefined) throw invalidNode(c, `axis ${wrong} of [${x.shape.join(', ')}] is not of size 1`);
    return [{ dtype: x.dtype, shape: x.shape.filter((_, i) => !axes.includes(i)) }];
  },
  gradient: (c) => [c.b.reshape(firstGradient(c), staticShape(requiredInput(c.node, 0))), undefined],
};
