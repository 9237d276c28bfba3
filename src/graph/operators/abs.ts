// Abs: |x|. Element-wise, used inside losses, optimisers and gradients; has no gradient of its own.
import { operand, type OperatorDefinition } from '../operator.ts';

export const abs: OperatorDefinition = { op: 'Abs', infer: (c) => [operand(c, 0)] };
