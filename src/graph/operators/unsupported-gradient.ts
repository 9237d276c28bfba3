// The error for a form of an operator whose gradient has no rule, though other forms of it have one.
import { PawprintError } from '../../core/index.ts';
import type { GraphNode } from '../types.ts';

/** OPERATOR_UNSUPPORTED that names the operator, the node and what about it has no gradient. */
export function unsupportedGradient(node: GraphNode, what: string, expected: string): PawprintError {
  return new PawprintError('OPERATOR_UNSUPPORTED', {
    message: `operator ${node.op} (node ${node.name}) has no gradient rule for ${what}`,
    expected,
    received: what,
    hint: 'Freeze the part of the network that holds it, or express that part with supported operators.',
  });
}
