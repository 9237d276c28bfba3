// The blocks of a graph that was read in, found by its shape alone: between two values through which everything passes
// lies one block. In a chain of layers each layer is one; a residual branch is one as a whole.
import type { Graph, GraphNode, Value } from './types.ts';

/** Where an operator takes numbers that training moves, by input. */
const trainableInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  Gemm: [1, 2],
  MatMul: [1],
  // Scale and shift; mean and variance are statistics.
  BatchNormalization: [1, 2],
};

export interface GraphBlock {
  /** Of the nodes, in order. */
  readonly nodes: readonly GraphNode[];
  /** Names of the float32 initializers that training can move. */
  readonly parameters: readonly string[];
}

/** The blocks of `graph` that have parameters, in the order in which the picture passes through them. */
export function findBlocks(graph: Graph): readonly GraphBlock[] {
  const initializers = new Map(graph.initializers.map(({ value, literal }) => [value, literal]));
  const flows = dependents(graph);
  const lastUse = new Map<Value, number>();
  graph.nodes.forEach(({ inputs }, i) => {
    for (const input of inputs) if (input !== undefined && flows.has(input)) lastUse.set(input, i);
  });
  for (const output of graph.outputs) lastUse.set(output, graph.nodes.length);
  const blocks: GraphBlock[] = [];
  let nodes: GraphNode[] = [];
  const live = new Set<Value>(graph.inputs);
  for (const [i, node] of graph.nodes.entries()) {
    nodes.push(node);
    for (const output of node.outputs) if ((lastUse.get(output) ?? -1) > i) live.add(output);
    for (const value of live) if ((lastUse.get(value) ?? -1) <= i) live.delete(value);
    if (live.size > 1 || !node.outputs.some((output) => live.has(output))) continue;
    const parameters = [...new Set(nodes.flatMap((each) => parametersOf(each)))];
    // What has nothing to train (an activation, a pooling) belongs to the block before it.
    if (parameters.length === 0) {
      const before = blocks.pop();
      if (before !== undefined) blocks.push({ ...before, nodes: [...before.nodes, ...nodes] });
    } else blocks.push({ nodes, parameters });
    nodes = [];
  }
  return blocks;

  function parametersOf({ op, inputs }: GraphNode): string[] {
    return (trainableInputs[op] ?? []).flatMap((i) => {
      const value = inputs[i];
      return value !== undefined && initializers.get(value)?.dtype === 'float32' ? [value.name] : [];
    });
  }
}

/** The values that depend on the graph's inputs. */
function dependents(graph: Graph): ReadonlySet<Value> {
  const reached = new Set<Value>(graph.inputs);
  for (const { inputs, outputs } of graph.nodes)
    if (inputs.some((input) => input !== undefined && reached.has(input)))
      for (const output of outputs) reached.add(output);
  return reached;
}
