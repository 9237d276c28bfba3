// A made-up backbone of a few hundred numbers, for tests: 16 × 16 photos, 4 features, 3 classes.
import { createRandom } from '../../core/index.ts';
import { elementCount, type Graph, GraphBuilder, int, ints, type Shape, type Value } from '../../graph/index.ts';

export interface TinyOptions {
  readonly input?: Shape;
  /** What stands at its end: features and logits, features that nothing names, or [N, 4, 1, 1]. */
  readonly end?: 'named' | 'unnamed' | 'pooled';
}

export function tinyBackbone({ input = ['N', 3, 16, 16], end = 'named' }: TinyOptions = {}): Graph {
  const b = new GraphBuilder();
  const random = createRandom(3, 'tiny');
  const weights = (name: string, ...dims: number[]): Value =>
    b.initializer(name, {
      dtype: 'float32',
      dims,
      data: Float32Array.from({ length: elementCount(dims) }, () => random.uniform(-0.5, 0.5)),
    });
  const image = b.input('photo', 'float32', input);
  const convolved = b.node('Conv', [image, weights('conv', 4, 3, 3, 3)], {
    kernel_shape: ints(3, 3),
    strides: ints(2, 2),
  });
  const map = b.node('Relu', [convolved], {}, 'map');
  const pooled = b.node('GlobalAveragePool', [map], {}, 'pooled');
  if (end === 'pooled') return b.build('tiny', [pooled]);
  const features = b.node('Flatten', [pooled], {}, end === 'named' ? 'features' : 'flat');
  const classes = [weights('fc', 3, 4), weights('bias', 3)];
  const logits = b.node('Gemm', [features, ...classes], { transB: int(1) }, end === 'named' ? 'logits' : 'scores');
  return b.build('tiny', end === 'named' ? [features, logits] : [logits]);
}
