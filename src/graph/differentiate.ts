// Reverse-mode differentiation, graph to graph: walks the nodes backwards from given output gradients and lets each
// operator's rule add the nodes that compute the gradients of its inputs (Griewank & Walther, Evaluating Derivatives).
import { PawprintError } from '../core/index.ts';
import type { GraphBuilder } from './builder.ts';
import { operatorDefinition } from './operators/index.ts';
import type { GraphNode, Value } from './types.ts';

/** Where differentiation starts: a value and dL/d(value), of the same shape. */
export interface GradientSeed {
  readonly value: Value;
  readonly gradient: Value;
}

/**
 * Adds to the builder the nodes that compute dL/d(w) for each w of `wrt`, in the same order. A w that L does not
 * depend on gets undefined. Throws OPERATOR_UNSUPPORTED, naming operator and node, where a rule is missing.
 */
export function differentiate(
  b: GraphBuilder,
  seeds: readonly GradientSeed[],
  wrt: readonly Value[],
): (Value | undefined)[] {
  const forward = b.differentiableNodes;
  const wanted = reachableFrom(b.nodes, wrt);
  const partials = new Map<Value, Value[]>();
  const contribute = (value: Value, gradient: Value): void => {
    if (b.isInsidePiece(value)) throw new Error(`a gradient reaches ${value.name}, which lies inside a piece`);
    const known = partials.get(value);
    if (known === undefined) partials.set(value, [gradient]);
    else known.push(gradient);
  };
  const total = (value: Value): Value | undefined => {
    const parts = partials.get(value);
    const [first, ...rest] = parts ?? [];
    if (first === undefined) return undefined;
    const sum = rest.reduce((left, right) => b.add(left, right), first);
    partials.set(value, [sum]);
    return sum;
  };
  for (const seed of seeds) contribute(seed.value, seed.gradient);

  b.scope('gradient', () => {
    for (const { node, rule } of forward.toReversed()) {
      const needs = node.inputs.map((input) => input !== undefined && wanted.has(input));
      if (!needs.includes(true)) continue;
      const outputGradients = node.outputs.map(total);
      if (outputGradients.every((gradient) => gradient === undefined)) continue;
      const [gradient] = outputGradients;
      const gradients = b.scope(node.name, () =>
        rule !== undefined && gradient !== undefined
          ? rule({ b, gradient, needs })
          : gradientRule(node)({ b, node, outputGradients, needs }),
      );
      node.inputs.forEach((input, i) => {
        const gradient = gradients[i];
        if (input !== undefined && gradient !== undefined && needs[i] === true) contribute(input, gradient);
      });
    }
  });
  return wrt.map(total);
}

/** Every value that depends on one of `sources` (the sources included). */
function reachableFrom(nodes: readonly GraphNode[], sources: readonly Value[]): ReadonlySet<Value> {
  const reached = new Set<Value>(sources);
  for (const node of nodes)
    if (node.inputs.some((input) => input !== undefined && reached.has(input)))
      for (const output of node.outputs) reached.add(output);
  return reached;
}

function gradientRule(node: GraphNode): NonNullable<ReturnType<typeof operatorDefinition>['gradient']> {
  const definition = operatorDefinition(node.op, node.name);
  if (definition.gradient !== undefined) return (context) => definition.gradient?.(context) ?? [];
  throw new PawprintError('OPERATOR_UNSUPPORTED', {
    message: `operator ${node.op} (node ${node.name}) has no gradient rule`,
    hint: 'Freeze the part of the network that holds it, or add a rule in its file under src/graph/operators/.',
  });
}
