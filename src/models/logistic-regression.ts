// Logistic regression on pixels: the whole picture as one vector, one linear layer. The floor that a CNN must beat.
import { dense, int, type Network } from '../graph/index.ts';

/** One linear layer over all pixels; starts at zero, as a convex problem may. */
export function logisticRegression(options: { readonly outputs: number }): Network {
  return (context, image) => {
    const pixels = context.b.node('Flatten', [image], { axis: int(1) }); // [N, 3·S·S]
    return dense(context, pixels, { name: 'output', units: options.outputs, zero: true });
  };
}
