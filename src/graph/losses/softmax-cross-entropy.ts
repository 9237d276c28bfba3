// Softmax cross entropy on logits: −Σ y·log softmax(x), gradient softmax(x) − y (targets sum to one).
import { int, staticShape } from '../types.ts';
import type { Loss } from './loss.ts';

/** Loss for any number of classes, one logit a class. */
export const softmaxCrossEntropy: Loss = (b, { logits: x, targets: y, weights: w }) => {
  const [batch = 1] = staticShape(x);
  const logProbabilities = b.node('LogSoftmax', [x], { axis: int(-1) });
  const each = b.node('Neg', [b.node('ReduceSum', [b.mul(y, logProbabilities), b.int64s(1)], { keepdims: int(1) })]);
  const share = b.div(w, b.floats([batch]));
  return {
    loss: b.node('ReduceSum', [b.mul(each, share)], { keepdims: int(0) }),
    gradient: b.mul(b.sub(b.node('Softmax', [x], { axis: int(-1) }), y), share),
  };
};
