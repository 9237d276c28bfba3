// Confidence intervals of a proportion k of n: Wilson's (the default) and Clopper and Pearson's (exact, wider).
import { PawprintError } from '../core/index.ts';
import { betaQuantile, normalQuantile } from './special-functions.ts';

/** A confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

function checkProportion(successes: number, total: number): void {
  if (!Number.isInteger(successes) || !Number.isInteger(total) || total < 1 || successes < 0 || successes > total)
    throw new PawprintError('SCORES_INVALID', {
      message: 'a proportion needs whole counts',
      expected: '0 ≤ successes ≤ total, total ≥ 1',
      received: `${successes} of ${total}`,
    });
}

/**
 * Wilson's score interval (Wilson 1927): the p with |k/n − p| ≤ z √(p(1−p)/n), that is
 * (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n). Within [0, 1]; sensible at 0 and n successes.
 */
export function wilsonInterval(successes: number, total: number, level = 0.95): Interval {
  checkProportion(successes, total);
  const z = normalQuantile(0.5 + level / 2);
  const p = successes / total;
  const centre = p + (z * z) / (2 * total);
  const half = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return {
    low: successes === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: successes === total ? 1 : Math.min(1, (centre + half) / scale),
  };
}

/**
 * Clopper and Pearson's exact interval (1934): low is the α/2 quantile of Beta(k, n−k+1), high the 1−α/2 quantile of
 * Beta(k+1, n−k). Never covers less than `level`; wider than Wilson's.
 */
export function clopperPearsonInterval(successes: number, total: number, level = 0.95): Interval {
  checkProportion(successes, total);
  const tail = (1 - level) / 2;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, total - successes + 1),
    high: successes === total ? 1 : betaQuantile(1 - tail, successes + 1, total - successes),
  };
}
