// A quantised graph (QDQ form) as a plain float one that can be trained on: weights become the numbers that they stand
// for, and where activations were rounded to 8 bits only the bounds of those bits stay.
import { PawprintError } from '../core/index.ts';
import { normaliseAxis } from './shapes.ts';
import {
  elementCount,
  type Graph,
  type GraphNode,
  intAttribute,
  requiredInput,
  requiredOutput,
  type TensorLiteral,
  type Value,
} from './types.ts';

type Literals = ReadonlyMap<Value, TensorLiteral>;
type Initializer = Graph['initializers'][number];

/** What the quantised integers of each type reach from and to. */
const integerRanges = { uint8: [0, 255], int8: [-128, 127] } as const;

/**
 * The same graph in float32. `DequantizeLinear` of an initializer becomes a float32 initializer,
 * (q − zeroPoint)·scale, named as the node's output was. `QuantizeLinear` → `DequantizeLinear` of anything else becomes
 * `Clip` to [(qMin − zeroPoint)·scale, (qMax − zeroPoint)·scale]: the rounding goes, the saturation stays, in which
 * quantised networks keep their ReLU and ReLU6. Inputs, outputs and all other names stay. Throws OPERATOR_UNSUPPORTED,
 * naming the node, where integers are used otherwise, or scaled per channel on what is computed.
 */
export function floatGraph(graph: Graph): Graph {
  const literals: Literals = new Map(graph.initializers.map(({ value, literal }) => [value, literal]));
  const quantised = new Map<Value, GraphNode>();
  const added: Initializer[] = [];
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    if (node.op === 'QuantizeLinear') {
      quantised.set(requiredOutput(node, 0), node);
    } else if (node.op === 'DequantizeLinear') {
      const quantize = quantised.get(requiredInput(node, 0));
      if (quantize === undefined) added.push({ value: requiredOutput(node, 0), literal: dequantised(node, literals) });
      else {
        const bounds = boundsOf(node, quantize, literals);
        added.push(...bounds);
        nodes.push(clip(node, requiredInput(quantize, 0), bounds));
      }
    } else {
      for (const input of node.inputs)
        if (input !== undefined && quantised.has(input)) throw refused(node, 'computes with quantised integers');
      nodes.push(node);
    }
  }
  for (const output of graph.outputs) {
    const node = quantised.get(output);
    if (node !== undefined) throw refused(node, 'gives the graph its output as integers');
  }
  const used = new Set<Value | undefined>([...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs]);
  const initializers = [...graph.initializers, ...added].filter(({ value }) => used.has(value));
  return Object.freeze({ ...graph, nodes, initializers });
}

function refused(node: GraphNode, problem: string): PawprintError {
  return new PawprintError('OPERATOR_UNSUPPORTED', {
    message: `operator ${node.op} (node ${node.name}) ${problem}, so that it has no float form`,
    expected: 'QuantizeLinear followed by DequantizeLinear around float operators (the QDQ form)',
    hint: 'Quantise the model in QDQ form with one scale for each activation, or give the float model.',
  });
}

function required(node: GraphNode, index: number, literals: Literals): TensorLiteral {
  const literal = literals.get(requiredInput(node, index));
  if (literal !== undefined) return literal;
  throw refused(node, `takes its input ${index} from something that is computed`);
}

/** (q − zeroPoint)·scale in float32, as runtimes compute it. */
function dequantised(node: GraphNode, literals: Literals): TensorLiteral {
  const [q, scale] = [required(node, 0, literals), required(node, 1, literals)];
  const zeroPoint = node.inputs[2] === undefined ? undefined : required(node, 2, literals);
  const axis = normaliseAxis(intAttribute(node, 'axis', 1), q.dims.length);
  const inner = elementCount(q.dims.slice(axis + 1));
  const channels = scale.data.length;
  const data = Float32Array.from({ length: q.data.length }, (_, i) => {
    const channel = channels === 1 ? 0 : Math.floor(i / inner) % channels;
    return (Number(q.data[i]) - Number(zeroPoint?.data[channel] ?? 0)) * Number(scale.data[channel]);
  });
  return { dtype: 'float32', dims: q.dims, data };
}

/** The lowest and the highest number that the pair lets through, as initializers. */
function boundsOf(node: GraphNode, quantize: GraphNode, literals: Literals): [Initializer, Initializer] {
  const [scale, otherScale] = [required(node, 1, literals), required(quantize, 1, literals)];
  const zeroPointOf = (of: GraphNode): number =>
    of.inputs[2] === undefined ? 0 : Number(required(of, 2, literals).data[0]);
  const zeroPoint = zeroPointOf(quantize);
  if (scale.data.length !== 1) throw refused(node, 'scales what is computed per channel');
  if (scale.data[0] !== otherScale.data[0] || zeroPointOf(node) !== zeroPoint)
    throw refused(node, `reads ${quantize.name} with another scale or zero point`);
  const { dtype } = requiredOutput(quantize, 0);
  const range = integerRanges[dtype === 'int8' ? 'int8' : 'uint8'];
  const bound = (name: string, q: number): Initializer => {
    const data = Float32Array.of((q - zeroPoint) * Number(scale.data[0]));
    const value: Value = Object.freeze({ name: `${node.name}/${name}`, dtype: 'float32', shape: [] });
    return { value, literal: { dtype: 'float32', dims: [], data } };
  };
  return [bound('low', range[0]), bound('high', range[1])];
}

function clip(node: GraphNode, x: Value, [low, high]: readonly [Initializer, Initializer]): GraphNode {
  const inputs = Object.freeze([x, low.value, high.value]);
  return Object.freeze({ op: 'Clip', domain: '', name: node.name, inputs, outputs: node.outputs, attributes: {} });
}
