// A model's graph → one graph that also says which places speak for each class: the logits are differentiated with
// respect to the last feature map by the same rules as in training, and the slopes weigh the map's channels.
import {
  appendGraph,
  differentiate,
  type Graph,
  GraphBuilder,
  int,
  type TensorLiteral,
  type Value,
} from '../../graph/index.ts';
import { type ExplanationMethod, findTail, roundingOperators, type Tail } from './feature-map.ts';

export interface ExplanationGraph {
  /**
   * image [1, 3, S, S] → `logits` [1, K], `maps` [K, height, width] (one for each logit, signed) and, but for Grad-CAM,
   * `offsets` [1, K]: what the logits are without any feature.
   */
  readonly graph: Graph;
  readonly method: ExplanationMethod;
  readonly exact: boolean;
  readonly height: number;
  readonly width: number;
}

/**
 * With feature map A [1, C, h, w] and logit y, map = Σ_c α_c A_c where α_c = Σ_ij ∂y/∂A_cij: Grad-CAM's weights (Selvaraju
 * et al. 2017, eq. 1) times the number of positions, which makes it the class activation map (Zhou et al. 2016, eq. 2)
 * where average pooling and a linear layer follow: then mean(map) + offset = y. For a model linear in its pixels x,
 * map = Σ_c ∂y/∂x_c · x_c and sum(map) + offset = y. No rectification: the sign says for or against.
 *
 * `graph`: batch size 1, output `logits`. Rounding to 8 bits in the tail counts as the identity (straight-through,
 * Bengio et al. 2013). Throws MODEL_INVALID, naming `what`, when there is nothing to explain it by, and
 * OPERATOR_UNSUPPORTED for a tail that cannot be differentiated.
 */
export function buildExplanationGraph(graph: Graph, what: string): ExplanationGraph {
  const tail = findTail(graph, what);
  const b = new GraphBuilder();
  const [image] = graph.inputs;
  if (image === undefined) throw new Error('findTail accepts graphs with an image alone');
  const values = appendGraph(b, graph, {
    inputs: { [image.name]: b.input('image', 'float32', image.shape) },
    // Under names of their own, so that the outputs below can have theirs.
    initializer: (name, literal: TensorLiteral) => b.initializer(`model/${name}`, literal),
  });
  const standing = (value: Value): Value => values.get(value.name) ?? missing(value);
  const features = standing(tail.featureMap); // [1, C, h, w]
  const slopes = b.scope('explanation', () => slopesOf(b, { tail, features, standing }));
  const maps = slopes.map((slope) => weighedMap(b, { features, slope, method: tail.method }));
  const outputs = [
    b.node('Identity', [standing(tail.logits)], {}, 'logits'),
    b.node('Concat', maps, { axis: int(0) }, 'maps'), // [K, h, w]
  ];
  if (tail.method !== 'grad-cam') {
    const nothing = b.mul(features, b.floats([0]));
    const offsets = b.scope('offset', () => appendTail(b, { tail, features: nothing, standing }));
    outputs.push(b.node('Identity', [offsets], {}, 'offsets')); // [1, K]
  }
  const [, , height, width] = features.shape.map(Number);
  if (height === undefined || width === undefined) throw new Error('a feature map has height and width');
  return { graph: b.build('explanation', outputs), method: tail.method, exact: tail.exact, height, width };
}

interface PlacedTail {
  readonly tail: Tail;
  /** What stands for the feature map. */
  readonly features: Value;
  /** What stands for any other value of the model. */
  readonly standing: (value: Value) => Value;
}

/** ∂(logit k)/∂(feature map) for each k, each [1, C, h, w]; undefined where a logit does not depend on it. */
function slopesOf(b: GraphBuilder, placed: PlacedTail): (Value | undefined)[] {
  const logits = appendTail(b, placed); // [1, K]
  const count = Number(logits.shape.at(-1));
  return Array.from({ length: count }, (_, k) => {
    const one = Float32Array.from({ length: count }, (_zero, column) => Number(column === k));
    return differentiate(b, [{ value: logits, gradient: b.floats(one, [1, count]) }], [placed.features])[0];
  });
}

/** The tail once more, without rounding; returns what stands for the logits. */
function appendTail(b: GraphBuilder, { tail, features, standing }: PlacedTail): Value {
  const made = new Set(tail.nodes.flatMap(({ outputs }) => outputs));
  const read = tail.nodes.flatMap((node) => node.inputs.filter((input) => input !== undefined));
  const inputs = [...new Set(read)].filter((value) => !made.has(value));
  const given = inputs.map((value) => [value.name, value === tail.featureMap ? features : standing(value)] as const);
  const part: Graph = { name: 'tail', inputs, outputs: [tail.logits], initializers: [], nodes: tail.nodes };
  const values = appendGraph(b, part, {
    inputs: Object.fromEntries(given),
    replace: ({ op }, [x]) => (roundingOperators.has(op) && x !== undefined ? [x] : undefined),
  });
  return values.get(tail.logits.name) ?? missing(tail.logits);
}

interface Weighing {
  readonly features: Value;
  readonly slope: Value | undefined;
  readonly method: ExplanationMethod;
}

/** The sum over channels of slope × feature; → [1, h, w]. */
function weighedMap(b: GraphBuilder, { features, slope, method }: Weighing): Value {
  const perPosition = slope ?? b.mul(features, b.floats([0]));
  const weights =
    method === 'pixel-contribution'
      ? perPosition
      : b.node('ReduceSum', [perPosition, b.int64s(2, 3)], { keepdims: int(1) }); // [1, C, 1, 1]
  return b.node('ReduceSum', [b.mul(weights, features), b.int64s(1)], { keepdims: int(0) });
}

function missing(value: Value): never {
  throw new Error(`nothing stands for ${value.name}`);
}
