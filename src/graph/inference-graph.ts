// The served graph: the network with its numbers frozen in, batch norm folded, any batch size.
import { GraphBuilder } from './builder.ts';
import type { Network } from './network.ts';
import { numbersOf, type ParameterLayout, type Weights } from './parameters.ts';
import type { Graph, Value } from './types.ts';

export interface InferenceGraphSpec {
  readonly network: Network;
  readonly layout: ParameterLayout;
  readonly weights: Weights;
  readonly imageSizePx: number;
}

/** image [N, 3, S, S] → logits and, of a network that has them, features [N, d]; N is free. */
export function buildInferenceGraph({ network, layout, weights, imageSizePx }: InferenceGraphSpec): Graph {
  const b = new GraphBuilder();
  const image = b.input('image', 'float32', ['N', 3, imageSizePx, imageSizePx]);
  const numbers = (name: string): Float32Array => numbersOf(layout, weights, name);
  const frozen = (name: string, dims: readonly number[]) =>
    b.initializer(name, { dtype: 'float32', dims, data: Float32Array.from(numbers(name)) });
  const features: Value[] = [];
  const logits = network(
    {
      b,
      training: false,
      parameter: (spec) => frozen(spec.name, spec.shape),
      statistic: (spec) => frozen(spec.name, [spec.size]),
      updateStatistic: () => undefined,
      uniform: () => {
        throw new Error('a network at inference draws no random numbers');
      },
      numbers,
      features: (value) => features.push(b.node('Identity', [value], {}, 'features')),
    },
    image,
  );
  return b.build('classifier', [b.node('Identity', [logits], {}, 'logits'), ...features]);
}
