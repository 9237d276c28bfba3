// Transfer: a pretrained backbone with a linear head on its features, as one graph. What the head was fitted on
// (features computed photo by photo) and what the graph computes are the same numbers.
import { PawprintError } from '../core/index.ts';
import { appendGraph, type Graph, GraphBuilder, int, type Value } from '../graph/index.ts';

/** logits = features · weightsᵀ + bias. */
export interface LinearHead {
  /** [K, d], row after row. K: 1 for two classes (the logit of the second), else one a class. */
  readonly weights: Float32Array;
  /** [K] */
  readonly bias: Float32Array;
}

export interface TransferGraphSpec {
  /** One input, the image [N, 3, S, S]. */
  readonly backbone: Graph;
  /** Name of the backbone's value [N, d] that the head stands on. */
  readonly featuresOutput: string;
  readonly head: LinearHead;
  /** What tells photos of other things; undefined: nothing does. */
  readonly familiar?: FamiliarSpec | undefined;
}

/** Familiarity: the probability that the backbone's own classifier gives to the classes that the photos fall into. */
export interface FamiliarSpec {
  /** Name of the backbone's value [N, K] of logits of its own classes. */
  readonly classLogitsOutput: string;
  /** Indices below K. */
  readonly classes: readonly number[];
}

/**
 * image [N, 3, S, S] → logits [N, K], features [N, d] and, where `familiar` is given, familiarity [N, 1] in [0, 1]; N is
 * free. What these do not need of the backbone is left out.
 */
export function transferGraph({ backbone, featuresOutput, head, familiar }: TransferGraphSpec): Graph {
  const b = new GraphBuilder();
  const [input] = backbone.inputs;
  if (input === undefined) throw new Error('the backbone has no input');
  const image = b.input('image', 'float32', ['N', ...input.shape.slice(1)]);
  const values = b.scope('backbone', () =>
    appendGraph(b, backbone, {
      inputs: { [input.name]: image },
      // Under a name of their own: a backbone's `logits` must not take ours.
      initializer: (name, literal) => b.initializer(`backbone/${name}`, literal),
    }),
  );
  const features = b.node('Identity', [featuresOf(values, featuresOutput, head)], {}, 'features'); // [N, d]
  const logits = b.node('Gemm', [features, ...headValues(b, head)], { transB: int(1) }, 'logits'); // [N, K]
  const familiarity = familiar === undefined ? [] : [familiarityOf(b, values, familiar)];
  return b.build('classifier', [logits, features, ...familiarity]);
}

function familiarityOf(b: GraphBuilder, values: ReadonlyMap<string, Value>, familiar: FamiliarSpec): Value {
  const own = values.get(familiar.classLogitsOutput);
  const classCount = Number(own?.shape[1]);
  if (own === undefined || !Number.isInteger(classCount)) throw new Error('the backbone has no classes of its own');
  const mask = new Float32Array(classCount);
  for (const c of familiar.classes) mask[c] = 1;
  const weight = b.initializer('familiar/classes', { dtype: 'float32', dims: [classCount, 1], data: mask });
  const probabilities = b.node('Softmax', [own], { axis: int(1) }, 'class_probabilities'); // [N, K]
  return b.node('MatMul', [probabilities, weight], {}, 'familiarity'); // [N, 1]
}

function headValues(b: GraphBuilder, { weights, bias }: LinearHead): readonly [Value, Value] {
  const columns = bias.length;
  return [
    b.initializer('head/weight', { dtype: 'float32', dims: [columns, weights.length / columns], data: weights }),
    b.initializer('head/bias', { dtype: 'float32', dims: [columns], data: bias }),
  ];
}

function featuresOf(values: ReadonlyMap<string, Value>, name: string, { weights, bias }: LinearHead): Value {
  const features = values.get(name);
  const width = weights.length / bias.length;
  if (features?.shape.length === 2 && features.shape[1] === width) return features;
  throw new PawprintError('GRAPH_INVALID', {
    message: `the backbone's ${name} does not fit the head`,
    expected: `features [N, ${width}]`,
    received: features === undefined ? 'no such value' : `[${features.shape.join(', ')}]`,
    hint: 'Name another output as the features.',
  });
}
