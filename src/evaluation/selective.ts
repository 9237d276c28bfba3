// Selective prediction: answer only where the confidence is at least a threshold, so that the share of wrong answers
// among those given stays under a stated rate (Geifman & El-Yaniv 2017, "Selective Classification for Deep Neural
// Networks"); and the curve of risk against coverage.
import { clopperPearsonInterval } from './binomial-interval.ts';
import { checkLabels, checkLength, checkProbabilities } from './checks.ts';

export interface SelectiveOptions {
  /** Largest share of wrong answers among those given, in (0, 1). */
  readonly targetError: number;
  /** Probability with which that holds over the draw of the photos, in (0, 1). */
  readonly level: number;
}

export interface SelectiveThreshold {
  /** Answers are given at this confidence and above. */
  readonly threshold: number;
  /** Share of these photos that get an answer. */
  readonly coverage: number;
  readonly answered: number;
  readonly wrong: number;
  /** With probability `level` the error rate of new answers is at most this; at most the target. */
  readonly errorBound: number;
}

interface Ranked {
  /** Confidences, falling. */
  readonly sorted: Float64Array;
  /** wrong[k]: wrong ones among the first k. */
  readonly wrong: Uint32Array;
}

function rank(confidences: ArrayLike<number>, correct: ArrayLike<number>): Ranked {
  checkLength('confidences', confidences.length, correct.length);
  checkProbabilities('confidences', confidences);
  checkLabels('outcomes', correct, 2);
  const order = Uint32Array.from({ length: correct.length }, (_, i) => i).sort(
    (a, b) => (confidences[b] ?? NaN) - (confidences[a] ?? NaN) || a - b,
  );
  const wrong = new Uint32Array(order.length + 1);
  order.forEach((i, k) => (wrong[k + 1] = (wrong[k] ?? 0) + 1 - (correct[i] ?? 0)));
  return { sorted: Float64Array.from(order, (i) => confidences[i] ?? NaN), wrong };
}

/**
 * The SGR algorithm: a binary search over the n photos by falling confidence for the most answers whose error has a
 * Clopper-Pearson upper bound of at most `targetError`. Each of its ⌈log₂ n⌉ + 1 looks takes an equal part of 1 − level
 * (Bonferroni), so the bound of the chosen threshold holds with probability `level` for photos drawn as these were.
 * null: no threshold can be shown to hold. Throws SCORES_INVALID for no photos, unequal lengths, values out of range.
 */
export function selectThreshold(
  confidences: ArrayLike<number>,
  correct: ArrayLike<number>,
  { targetError, level }: SelectiveOptions,
): SelectiveThreshold | null {
  const { sorted, wrong } = rank(confidences, correct);
  const n = sorted.length;
  const looks = Math.ceil(Math.log2(n)) + 1;
  // One-sided at (1 − level) / looks: the upper end of a two-sided interval that leaves twice as much outside.
  const twoSided = 1 - (2 * (1 - level)) / looks;
  let best: SelectiveThreshold | null = null;
  let [low, high] = [1, n];
  for (let look = 0; look < looks && low <= high; look++) {
    const middle = look === 0 ? n : (low + high) >> 1;
    const threshold = sorted[middle - 1] ?? 1;
    // Ties are answered together.
    let answered = middle;
    while (answered < n && sorted[answered] === threshold) answered++;
    const errors = wrong[answered] ?? 0;
    const errorBound = clopperPearsonInterval(errors, answered, twoSided).high;
    if (errorBound <= targetError) {
      if (best === null || answered > best.answered)
        best = { threshold, coverage: answered / n, answered, wrong: errors, errorBound };
      low = answered + 1;
    } else high = middle - 1;
  }
  return best;
}

/** Fewest answers, all of them right, from which `selectThreshold` could show the target among `photos` photos. */
export function fewestForTarget(photos: number, { targetError, level }: SelectiveOptions): number {
  const looks = Math.ceil(Math.log2(Math.max(1, photos))) + 1;
  return Math.ceil(Math.log((1 - level) / looks) / Math.log1p(-targetError));
}

/** A point of the curve: the most confident `coverage` of the photos, and the share of them that is wrong. */
export interface CoveragePoint {
  readonly coverage: number;
  readonly threshold: number;
  readonly error: number;
}

/** Risk against coverage, at most `points` of them, evenly by coverage, the last at 1. Throws as selectThreshold does. */
export function coverageCurve(
  confidences: ArrayLike<number>,
  correct: ArrayLike<number>,
  points = 100,
): CoveragePoint[] {
  const { sorted, wrong } = rank(confidences, correct);
  const n = sorted.length;
  const steps = Math.min(points, n);
  return Array.from({ length: steps }, (_, i) => {
    const k = Math.max(1, Math.round(((i + 1) * n) / steps));
    return { coverage: k / n, threshold: sorted[k - 1] ?? NaN, error: (wrong[k] ?? 0) / k };
  });
}
