// Builds a finished graph once more, as part of another: with other inputs (another batch size), with some initializers
// turned into parameters, with some nodes replaced. This is how a file that was read in is trained on.
import { PawprintError } from '../core/index.ts';
import type { GraphBuilder } from './builder.ts';
import type { Graph, GraphNode, TensorLiteral, Value } from './types.ts';

export interface AppendOptions {
  /** What stands for each of the graph's inputs, by name. Their shapes may differ; all others are inferred anew. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** What stands for an initializer instead of its numbers (a parameter, say); undefined keeps it. */
  readonly initializer?: (name: string, literal: TensorLiteral) => Value | undefined;
  /** The outputs of another piece that takes a node's place; undefined keeps the node. */
  readonly replace?: (node: GraphNode, inputs: readonly (Value | undefined)[]) => readonly Value[] | undefined;
}

/**
 * Adds the nodes of `graph` to the builder, named as they were, and returns what stands for each value, by its old name.
 * Throws GRAPH_INVALID for an input that is not given and where a shape no longer fits.
 */
export function appendGraph(b: GraphBuilder, graph: Graph, options: AppendOptions): ReadonlyMap<string, Value> {
  const standing = new Map<Value, Value>();
  for (const input of graph.inputs) standing.set(input, inputFor(graph, input, options.inputs));
  for (const { value, literal } of graph.initializers)
    standing.set(value, options.initializer?.(value.name, literal) ?? b.initializer(value.name, literal));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => (input === undefined ? undefined : standing.get(input)));
    const outputs = options.replace?.(node, inputs) ?? rebuilt(b, node, inputs);
    node.outputs.forEach((output, i) => {
      const stands = outputs[i];
      if (stands !== undefined) standing.set(output, stands);
    });
  }
  return new Map([...standing].map(([old, value]) => [old.name, value]));
}

function inputFor(graph: Graph, input: Value, given: AppendOptions['inputs']): Value {
  const value = Object.hasOwn(given, input.name) ? given[input.name] : undefined;
  if (value?.dtype === input.dtype) return value;
  throw new PawprintError('GRAPH_INVALID', {
    message: `input ${input.name} of graph ${graph.name} is not given`,
    expected: `a ${input.dtype} value for each of: ${graph.inputs.map(({ name }) => name).join(', ')}`,
    received: value === undefined ? Object.keys(given).join(', ') : `a ${value.dtype} value`,
  });
}

/** The same node again. The builder names it scope/op, so its own name is taken apart to come out the same. */
function rebuilt(b: GraphBuilder, node: GraphNode, inputs: readonly (Value | undefined)[]): readonly Value[] {
  const ending = `/${node.op}`;
  const scope = node.name.endsWith(ending) ? node.name.slice(0, -ending.length) : node.name;
  return b.scope(scope, () => b.outputsOf(node.op, inputs, node.attributes, { outputs: node.outputs.length }));
}
