// The baseline of the guide: convolutions with batch normalisation, pooling, global average pooling, a hidden layer
// with dropout, one logit for two classes (or one a class).
import { convNormPoolRelu, dense, dropout, globalAveragePool, type Network } from '../graph/index.ts';

export interface CnnOptions {
  /** Filters of each convolutional layer; one pooling step follows each. */
  readonly channels: readonly number[];
  /** Units of the hidden layer. */
  readonly hidden: number;
  /** Probability with which a hidden unit is dropped in training. */
  readonly dropout: number;
  /** Columns of the output. */
  readonly outputs: number;
}

/** The small network of four convolutional layers. */
export function cnn(options: CnnOptions): Network {
  return (context, image) => {
    let x = image; // [N, 3, S, S]
    options.channels.forEach((filters, i) => {
      x = convNormPoolRelu(context, x, { name: `block${i + 1}`, filters }); // [N, filters, S/2ⁱ, S/2ⁱ]
    });
    const features = globalAveragePool(context, x); // [N, channels.at(-1)]
    const hidden = context.b.node('Relu', [dense(context, features, { name: 'hidden', units: options.hidden })]);
    context.features?.(hidden);
    const kept = dropout(context, hidden, options.dropout);
    return dense(context, kept, { name: 'output', units: options.outputs }); // [N, outputs]
  };
}
