// Div: element-wise quotient with broadcasting. d(a/b) = da/b − (a/b)·db/b.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { broadcastShapes, sumToShape } from '../shapes.ts';
import { requiredInput, requiredOutput } from '../types.ts';

export const div: OperatorDefinition = {
  op: 'Div',
  infer: (c) => [{ dtype: operand(c, 0).dtype, shape: broadcastShapes(c, operand(c, 0).shape, operand(c, 1).shape) }],
  gradient: (c) => {
    const [a, b] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
    const overB = c.b.div(firstGradient(c), b);
    return [
      c.needs[0] ? sumToShape(c.b, overB, a) : undefined,
      c.needs[1] ? c.b.node('Neg', [sumToShape(c.b, c.b.mul(overB, requiredOutput(c.node, 0)), b)]) : undefined,
    ];
  },
};
