// Floor: the largest integer not above x. Flat almost everywhere, so it has no gradient.
import { operand, type OperatorDefinition } from '../operator.ts';

export const floor: OperatorDefinition = { op: 'Floor', infer: (c) => [operand(c, 0)] };
