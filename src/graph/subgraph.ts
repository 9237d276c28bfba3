// The part of a graph that makes chosen values: the backbone without its old head, the features without the classes.
import { PawprintError } from '../core/index.ts';
import type { Graph, GraphNode, Value } from './types.ts';

/**
 * The graph with the named values (outputs or not) as its outputs, in this order; nodes and initializers that they do
 * not need are left out, inputs stay. Names do not change. Throws GRAPH_INVALID for a name that the graph does not have.
 */
export function subgraph(graph: Graph, outputNames: readonly string[]): Graph {
  const outputs = outputNames.map((name) => findValue(graph, name) ?? missing(graph, name));
  const needed = new Set<Value>(outputs);
  const nodes = graph.nodes.toReversed().filter((node) => {
    const used = node.outputs.some((output) => needed.has(output));
    if (used) for (const input of node.inputs) if (input !== undefined) needed.add(input);
    return used;
  });
  const initializers = graph.initializers.filter(({ value }) => needed.has(value));
  return Object.freeze({ ...graph, outputs, initializers, nodes: nodes.toReversed() });
}

/** The value of this name: an input, an initializer or what a node makes; undefined when there is none. */
export function findValue({ inputs, initializers, nodes }: Graph, name: string): Value | undefined {
  const isNamed = (value: Value): boolean => value.name === name;
  return (
    inputs.find(isNamed) ??
    initializers.find(({ value }) => isNamed(value))?.value ??
    producerOf(nodes, name)?.outputs.find(isNamed)
  );
}

function producerOf(nodes: readonly GraphNode[], name: string): GraphNode | undefined {
  return nodes.find(({ outputs }) => outputs.some((output) => output.name === name));
}

function missing(graph: Graph, name: string): never {
  throw new PawprintError('GRAPH_INVALID', {
    message: `graph ${graph.name} has no value ${name}`,
    expected: `one of its outputs (${graph.outputs.map((output) => output.name).join(', ')}) or of its nodes' outputs`,
    received: name,
  });
}
