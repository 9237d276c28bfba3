// Finds its way about a backbone's graph: which value holds the features, which the class logits, which the map of
// features over the picture that the pooling sees.
import { PawprintError } from '../core/index.ts';
import { findValue, type Graph, type GraphNode, type Value } from '../graph/index.ts';

/** Operators whose output can be a mean over all positions. */
const poolingOperators: ReadonlySet<string> = new Set(['GlobalAveragePool', 'AveragePool', 'ReduceMean']);

/** The graph (with a Flatten added where the features come out of a pooling as [N, d, 1, 1]) and its features. */
export interface FoundFeatures {
  readonly graph: Graph;
  readonly value: Value;
}

/**
 * The features: the value of this `name`, else what enters the last Gemm or MatMul, else the last pooling over the whole
 * picture, flattened. MODEL_INVALID when there is none, or it is not [N, d] of float32.
 */
export function findFeatures(graph: Graph, name: string | undefined, what: string): FoundFeatures {
  const named = findValue(graph, name ?? 'features');
  if (named === undefined && name !== undefined) throw noFeatures(what, `has no value ${name}`, graph);
  const value = named ?? beforeLastLayer(graph) ?? graph.nodes.findLast(isGlobalPooling)?.outputs[0];
  if (value === undefined) throw noFeatures(what, 'has no features that can be found', graph);
  if (value.shape.length === 4 && isPoint(value)) return flattened(graph, value);
  const [batch, width] = value.shape;
  if (value.shape.length === 2 && typeof batch === 'string' && typeof width === 'number' && value.dtype === 'float32')
    return { graph, value };
  throw noFeatures(what, `gives ${value.name} as ${value.dtype} [${value.shape.join(', ')}]`, graph);
}

function noFeatures(what: string, problem: string, graph: Graph): PawprintError {
  return new PawprintError('MODEL_INVALID', {
    message: `${what} ${problem}`,
    expected: 'features, float32 [N, d] for any number N of photos',
    received: `outputs ${graph.outputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ')}`,
    hint: 'Name them in the JSON beside the file ({"outputs": {"features": "…"}}), and export with a free batch size.',
  });
}

function beforeLastLayer(graph: Graph): Value | undefined {
  return graph.nodes.findLast(({ op }) => op === 'Gemm' || op === 'MatMul')?.inputs[0];
}

/** Whether this is [N, C, 1, 1]. */
function isPoint({ shape }: Value): boolean {
  return shape[2] === 1 && shape[3] === 1;
}

/** Whether the node takes the mean of [N, C, H, W] over all positions. */
function isGlobalPooling({ op, inputs, outputs }: GraphNode): boolean {
  const [from, to] = [inputs[0]?.shape, outputs[0]];
  if (!poolingOperators.has(op) || from?.length !== 4 || to === undefined) return false;
  return to.shape[1] === from[1] && (to.shape.length === 2 || isPoint(to));
}

function flattened(graph: Graph, x: Value): FoundFeatures {
  const name = 'pawprint/features';
  const value: Value = Object.freeze({ name, dtype: x.dtype, shape: Object.freeze(x.shape.slice(0, 2)) });
  const node: GraphNode = Object.freeze({
    op: 'Flatten',
    domain: '',
    name,
    inputs: Object.freeze([x]),
    outputs: Object.freeze([value]),
    attributes: {},
  });
  return {
    graph: Object.freeze({ ...graph, nodes: [...graph.nodes, node], outputs: [...graph.outputs, value] }),
    value,
  };
}

/**
 * The value [N, C, H, W] that enters the last pooling over the whole picture on the way to `features`; null when the
 * features come about otherwise. Follows each node's first input, which is the data everywhere.
 */
export function findFeatureMap(graph: Graph, features: Value): Value | null {
  const node = graph.nodes.find(({ outputs }) => outputs.includes(features));
  const input = node?.inputs[0];
  if (node === undefined || input === undefined) return null;
  if (isGlobalPooling(node)) return input;
  return input.shape.length === 4 && !isPoint(input) ? null : findFeatureMap(graph, input);
}

/** The logits [N, K] of the backbone's own classes: as named, else an output `logits`; null when there are none. */
export function findClassLogits(graph: Graph, name: string | null | undefined, what: string): Value | null {
  if (name === null) return null;
  const value = name === undefined ? graph.outputs.find((output) => output.name === 'logits') : findValue(graph, name);
  if (value?.shape.length === 2 && typeof value.shape[1] === 'number' && value.dtype === 'float32') return value;
  if (name === undefined) return null;
  throw new PawprintError('MODEL_INVALID', {
    message: `${what} has no class logits ${name}`,
    expected: 'a float32 value [N, K] of that name',
    received: value === undefined ? 'no such value' : `${value.dtype} [${value.shape.join(', ')}]`,
    hint: 'Correct the name in the JSON beside the file, or set "classLogits" to null.',
  });
}
