// Binary cross entropy on logits: max(x, 0) − x·y + log(1 + e^−|x|), gradient σ(x) − y.
import { int, staticShape } from '../types.ts';
import type { Loss } from './loss.ts';

/** Loss for two classes, one logit a sample. */
export const binaryCrossEntropy: Loss = (b, { logits: x, targets: y, weights: w }) => {
  const [batch = 1] = staticShape(x);
  const log1pExp = b.node('Log', [b.add(b.floats([1]), b.node('Exp', [b.node('Neg', [b.node('Abs', [x])])]))]);
  const each = b.add(b.sub(b.node('Relu', [x]), b.mul(x, y)), log1pExp);
  const share = b.div(w, b.floats([batch]));
  return {
    loss: b.node('ReduceSum', [b.mul(each, share)], { keepdims: int(0) }),
    gradient: b.mul(b.sub(b.node('Sigmoid', [x]), y), share),
  };
};
