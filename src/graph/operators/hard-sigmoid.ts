// HardSigmoid: clip(alpha·x + beta, 0, 1). Used as a mask in gradients; has no gradient of its own.
import { operand, type OperatorDefinition } from '../operator.ts';

export const hardSigmoid: OperatorDefinition = { op: 'HardSigmoid', infer: (c) => [operand(c, 0)] };
