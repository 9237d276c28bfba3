// Floor: the largest integer not above x. Element-wise, used inside losses, optimisers and gradients; has no gradient of its own.
import { operand, type OperatorDefinition } from '../operator.ts';

export const floor: OperatorDefinition = { op: 'Floor', infer: (c) => [operand(c, 0)] };
