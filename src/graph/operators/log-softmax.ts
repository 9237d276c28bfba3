// LogSoftmax along one axis: y = x − ln Σe^x. dx = dy − e^y·Σdy.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { int, intAttribute, requiredOutput } from '../types.ts';

export const logSoftmax: OperatorDefinition = {
  op: 'LogSoftmax',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    const dy = firstGradient(c);
    const axis = c.b.int64s(intAttribute(c.node, 'axis', -1));
    const total = c.b.node('ReduceSum', [dy, axis], { keepdims: int(1) });
    return [c.b.sub(dy, c.b.mul(c.b.node('Exp', [requiredOutput(c.node, 0)]), total))];
  },
};
