// Relu: max(x, 0). The gradient passes where the output is positive; HardSigmoid with a huge slope is the fastest
// 0/1 mask that ONNX Runtime has on the CPU (docs/performance.md).
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { float, requiredOutput } from '../types.ts';

export const relu: OperatorDefinition = {
  op: 'Relu',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    const mask = c.b.node('HardSigmoid', [requiredOutput(c.node, 0)], { alpha: float(1e30), beta: float(0) });
    return [c.b.mul(firstGradient(c), mask)];
  },
};
