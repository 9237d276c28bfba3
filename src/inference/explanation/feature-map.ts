// Where a model is cut to be explained: the last map of features that still has height and width on the way to the
// logits, and the tail of nodes that turns it into logits. Knows graphs, not photos.
import { PawprintError } from '../../core/index.ts';
import { type Graph, type GraphNode, intAttribute, intsAttribute, subgraph, type Value } from '../../graph/index.ts';

/**
 * `cam`: class activation map (Zhou et al. 2016), where pooling and a linear layer follow the map; `grad-cam` (Selvaraju
 * et al. 2017) for any other tail; `pixel-contribution`: weight × value of each pixel of a model that is linear in them.
 */
export type ExplanationMethod = 'cam' | 'grad-cam' | 'pixel-contribution';

export interface Tail {
  /** float32 [1, C, H, W]. */
  readonly featureMap: Value;
  readonly logits: Value;
  /** The nodes between the two, in order. */
  readonly nodes: readonly GraphNode[];
  readonly method: ExplanationMethod;
  /** The map adds up to the logit: the tail is linear as it runs, and the logits see the photo through the map alone. */
  readonly exact: boolean;
}

/** Operators that are linear (or affine) in all of their inputs at once; shapes and bounds come as constants. */
const linear = new Set(
  (
    'Add AveragePool Concat Dropout Expand Flatten GlobalAveragePool Identity Neg ReduceMean ReduceSum Reshape Slice ' +
    'Split Squeeze Sub Sum Transpose Unsqueeze'
  ).split(' '),
);
/** Products: linear while all but one factor is fixed. */
const products = new Set(['Conv', 'Gemm', 'MatMul', 'FusedMatMul', 'Mul']);
/** Linear in the first input alone. */
const linearInFirst = new Set(['BatchNormalization', 'Div']);
/** Rounding to a grid of 8 bits and back: taken for the identity when a slope is wanted. */
export const roundingOperators: ReadonlySet<string> = new Set(['QuantizeLinear', 'DequantizeLinear']);

/**
 * Finds the cut of a graph whose batch size is fixed at 1 (one input, the image; an output `logits`). Throws
 * MODEL_INVALID for a model that has neither a feature map nor logits that are linear in the pixels.
 */
export function findTail(graph: Graph, what: string): Tail {
  const { nodes, outputs, inputs } = subgraph(graph, ['logits']);
  const [logits] = outputs;
  const [image] = inputs;
  if (logits === undefined || image === undefined) throw unexplainable(what, 'no image input or no logits');
  const fromImage = dependents(nodes, image);
  const spatial = nodes.flatMap((node) => (fromImage.has(node) ? node.outputs.filter(isSpatial) : [])).at(-1);
  const featureMap = spatial ?? image;
  const within = dependents(nodes, featureMap);
  const tail = nodes.filter((node) => within.has(node));
  const reading = (node: GraphNode): number[] => dependentInputs(node, within, featureMap);
  const isLinear = tail.every((node) => isLinearNode(node, reading(node)));
  const rounds = tail.some(({ op }) => roundingOperators.has(op));
  const cuts = !reaches(nodes, image, { target: logits, without: featureMap });
  const base = { featureMap, logits, nodes: tail };
  if (spatial === undefined) {
    if (!isLinear || !isSpatial(image)) throw unexplainable(what, 'logits that depend on the pixels in another way');
    return { ...base, method: 'pixel-contribution', exact: !rounds };
  }
  const pooled = tail.filter((node) => node.inputs.includes(featureMap)).every(poolsEverything);
  if (isLinear && pooled && cuts) return { ...base, method: 'cam', exact: !rounds };
  return { ...base, method: 'grad-cam', exact: false };
}

function unexplainable(what: string, received: string): PawprintError {
  return new PawprintError('MODEL_INVALID', {
    message: `${what} cannot be explained: it has no map of features on the way to its logits`,
    expected: 'a value [N, C, H, W] before the logits (a convolutional network), or logits linear in the pixels',
    received,
    hint: 'Explain a CNN, a transfer model or a logistic regression.',
  });
}

/** float32 [N, C, H, W] with more than one position. */
function isSpatial({ dtype, shape }: Value): boolean {
  const [, , height, width] = shape;
  return dtype === 'float32' && shape.length === 4 && Number(height) * Number(width) > 1;
}

/** The nodes that `source` flows into, directly or not. */
function dependents(nodes: readonly GraphNode[], source: Value): ReadonlySet<GraphNode> {
  const reached = new Set<Value>([source]);
  const found = new Set<GraphNode>();
  for (const node of nodes) {
    if (!node.inputs.some((input) => input !== undefined && reached.has(input))) continue;
    found.add(node);
    for (const output of node.outputs) reached.add(output);
  }
  return found;
}

function reaches(
  nodes: readonly GraphNode[],
  source: Value,
  { target, without }: { readonly target: Value; readonly without: Value },
): boolean {
  if (source === without) return false;
  const around = nodes.filter((node) => !node.outputs.includes(without));
  return [...dependents(around, source)].some((node) => node.outputs.includes(target));
}

/** Indices of the node's inputs that depend on the feature map. */
function dependentInputs(node: GraphNode, within: ReadonlySet<GraphNode>, featureMap: Value): number[] {
  const made = new Set<Value>([featureMap, ...[...within].flatMap(({ outputs }) => outputs)]);
  return node.inputs.flatMap((input, index) => (input !== undefined && made.has(input) ? [index] : []));
}

function isLinearNode({ op }: GraphNode, dependent: readonly number[]): boolean {
  if (linear.has(op) || roundingOperators.has(op)) return true;
  // The third input of Gemm and Conv is added, not multiplied.
  if (products.has(op)) return dependent.filter((index) => index < 2).length <= 1;
  return linearInFirst.has(op) && dependent.every((index) => index === 0);
}

/** Whether the node averages its map over all positions, so that each has the same slope. */
function poolsEverything(node: GraphNode): boolean {
  const [, , height, width] = node.inputs[0]?.shape ?? [];
  switch (node.op) {
    case 'GlobalAveragePool':
      return true;
    case 'ReduceMean': {
      const axes = intsAttribute(node, 'axes', []).map((axis) => (axis < 0 ? axis + 4 : axis));
      return axes.toSorted().join() === '2,3';
    }
    case 'AveragePool': {
      const plain =
        intsAttribute(node, 'pads', []).every((pad) => pad === 0) && intAttribute(node, 'ceil_mode', 0) === 0;
      return plain && intsAttribute(node, 'kernel_shape', []).join() === `${height},${width}`;
    }
    default:
      return false;
  }
}
