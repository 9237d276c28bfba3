// Log: ln(x). Element-wise, used inside losses, optimisers and gradients; has no gradient of its own.
import { operand, type OperatorDefinition } from '../operator.ts';

export const log: OperatorDefinition = { op: 'Log', infer: (c) => [operand(c, 0)] };
