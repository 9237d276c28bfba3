// Exp: e^x. Element-wise, used inside losses, optimisers and gradients; has no gradient of its own.
import { operand, type OperatorDefinition } from '../operator.ts';

export const exp: OperatorDefinition = { op: 'Exp', infer: (c) => [operand(c, 0)] };
