// McNemar's exact test: do two models err on different photos by more than chance?
import { checkLength } from './checks.ts';
import { incompleteBeta } from './special-functions.ts';

export interface McNemarResult {
  /** Photos only the first model has right, and only the second. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided: the probability of so uneven a split, or a more uneven one, of equally good models. */
  readonly pValue: number;
}

/**
 * McNemar's exact test (1947; the binomial form) from two models' predictions [N] on the same photos:
 * p = min(1, 2 P(X ≤ min(b, c))), X ~ Binomial(b + c, ½). Models that never differ get p = 1.
 * Throws SCORES_INVALID for unequal lengths.
 */
export function mcnemarTest(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): McNemarResult {
  checkLength('first predictions', first.length, labels.length);
  checkLength('second predictions', second.length, labels.length);
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < labels.length; i++) {
    if (first[i] === labels[i] && second[i] !== labels[i]) onlyFirst++;
    if (first[i] !== labels[i] && second[i] === labels[i]) onlySecond++;
  }
  const k = Math.min(onlyFirst, onlySecond);
  const n = onlyFirst + onlySecond;
  // P(X ≤ k) = I_½(n − k, k + 1); an even split lies in the middle of the distribution, where 2P passes 1.
  const pValue = 2 * k === n ? 1 : Math.min(1, 2 * incompleteBeta(0.5, n - k, k + 1));
  return { onlyFirst, onlySecond, pValue };
}
