// Sign: −1, 0 or 1. Flat everywhere but at 0, so it has no gradient.
import { operand, type OperatorDefinition } from '../operator.ts';

export const sign: OperatorDefinition = { op: 'Sign', infer: (c) => [operand(c, 0)] };
