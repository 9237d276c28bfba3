// Softmax along one axis: y = e^x / Σe^x. dx = y·(dy − Σ dy·y).
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { int, intAttribute, requiredOutput } from '../types.ts';

export const softmax: OperatorDefinition = {
  op: 'Softmax',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    const [dy, y] = [firstGradient(c), requiredOutput(c.node, 0)];
    const axis = c.b.int64s(intAttribute(c.node, 'axis', -1));
    const dot = c.b.node('ReduceSum', [c.b.mul(dy, y), axis], { keepdims: int(1) });
    return [c.b.mul(y, c.b.sub(dy, dot))];
  },
};
