// HardSigmoid: clip(alpha·x + beta, 0, 1). With a huge slope it is the fastest 0/1 mask that ONNX Runtime has on the
// CPU (docs/performance.md), which is how the gradients of Relu, Clip and the like use it.
import { firstGradient, type GraphWriter, operand, type OperatorDefinition } from '../operator.ts';
import { float, floatAttribute, requiredOutput, type Value } from '../types.ts';

/** 1 where `value` > 0, else 0, element by element. */
export function positiveMask(b: GraphWriter, value: Value): Value {
  return b.node('HardSigmoid', [value], { alpha: float(1e30), beta: float(0) });
}

export const hardSigmoid: OperatorDefinition = {
  op: 'HardSigmoid',
  infer: (c) => [operand(c, 0)],
  gradient: (c) => {
    const y = requiredOutput(c.node, 0);
    const slope = c.b.floats([floatAttribute(c.node, 'alpha', 0.2)]);
    const inside = positiveMask(c.b, c.b.sub(y, c.b.mul(y, y))); // 0 < y < 1
    return [c.b.mul(firstGradient(c), c.b.mul(inside, slope))];
  },
};
