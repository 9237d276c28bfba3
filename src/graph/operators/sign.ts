// Sign: −1, 0 or 1. Flat everywhere but at 0, so no gradient flows through it.
import { operand, type OperatorDefinition } from '../operator.ts';

export const sign: OperatorDefinition = { op: 'Sign', infer: (c) => [operand(c, 0)] };
