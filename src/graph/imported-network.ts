// A network made from a graph that was read in: chosen initializers become its parameters, the rest stays as it is, and
// dropout draws from the step's own uniform numbers. The pretrained numbers are where its training starts.
import { PawprintError } from '../core/index.ts';
import { appendGraph } from './append-graph.ts';
import { dropout, type Network } from './network.ts';
import { numbersOf, type ParameterLayout, type Weights } from './parameters.ts';
import type { Graph, GraphNode, TensorLiteral, Value } from './types.ts';

export interface ImportedNetworkOptions {
  /** Name of the value that the network gives: one of the graph's, an output or not. */
  readonly output: string;
  /** Which float32 initializers are trained; none of the others changes. */
  readonly trainable: (name: string, literal: TensorLiteral) => boolean;
}

/**
 * The graph (with one input, the image) as a network. Batch normalisation stays in its inference form: its statistics
 * are fixed, its scale and shift may be trained. Throws GRAPH_INVALID when there is no such output or not one input.
 */
export function importedNetwork(graph: Graph, { output, trainable }: ImportedNetworkOptions): Network {
  const [input, ...others] = graph.inputs;
  if (input === undefined || others.length > 0)
    throw new PawprintError('GRAPH_INVALID', {
      message: `graph ${graph.name} cannot be a network`,
      expected: 'one input, the image',
      received: graph.inputs.map(({ name }) => name).join(', '),
    });
  return (context, image) => {
    const values = appendGraph(context.b, graph, {
      inputs: { [input.name]: image },
      initializer: (name, literal) =>
        literal.dtype === 'float32' && trainable(name, literal)
          ? context.parameter({
              name,
              shape: literal.dims,
              initial: { kind: 'constant', value: 0 },
              decay: literal.dims.length > 1,
            })
          : undefined,
      replace: (node, [x]) => {
        if (node.op !== 'Dropout' || x === undefined) return undefined;
        return [dropout(context, x, dropoutRatio(graph, node))];
      },
    });
    const result = values.get(output);
    if (result !== undefined) return result;
    throw new PawprintError('GRAPH_INVALID', {
      message: `graph ${graph.name} has no value ${output}`,
      expected: `one of its outputs (${graph.outputs.map(({ name }) => name).join(', ')}) or of its nodes' outputs`,
      received: output,
    });
  };
}

function dropoutRatio(graph: Graph, node: GraphNode): number {
  const ratio: Value | undefined = node.inputs[1];
  const initializer = graph.initializers.find(({ value }) => value === ratio);
  return Number(initializer?.literal.data[0] ?? 0.5);
}

/** Puts the numbers of the graph's initializers into the weights, wherever a parameter has the same name. */
export function startFromImported(layout: ParameterLayout, weights: Weights, graph: Graph): void {
  const known = new Map(graph.initializers.map(({ value, literal }) => [value.name, literal]));
  for (const { spec } of layout.parameters) {
    const literal = known.get(spec.name);
    if (literal?.dtype === 'float32') numbersOf(layout, weights, spec.name).set(literal.data);
  }
}
