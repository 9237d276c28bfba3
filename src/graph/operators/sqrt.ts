// Sqrt: √x. Element-wise, used inside losses, optimisers and gradients; has no gradient of its own.
import { operand, type OperatorDefinition } from '../operator.ts';

export const sqrt: OperatorDefinition = { op: 'Sqrt', infer: (c) => [operand(c, 0)] };
