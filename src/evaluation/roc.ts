// The ROC curve and the area under it, of one class's scores against the rest. Equal scores are one point, never an order.
import { type Interval } from './binomial-interval.ts';
import { checkFinite, checkLabels, checkLength } from './checks.ts';
import { normalQuantile, solveRising } from './special-functions.ts';

/** Taking every photo that scores ≥ threshold for the class gives these rates. */
export interface RocPoint {
  readonly threshold: number;
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

export interface RocAuc {
  /** P(a random positive scores above a random negative), ties counting half; in [0, 1]. */
  readonly auc: number;
  readonly interval95: Interval;
}

/** Photos by falling score, with what every ROC computation needs. null: one of the two sides is empty. */
function sortByScore(
  positive: ArrayLike<number>,
  scores: ArrayLike<number>,
): { readonly order: Uint32Array; readonly positives: number; readonly negatives: number } | null {
  checkLength('scores', scores.length, positive.length);
  checkLabels('labels', positive, 2);
  checkFinite('scores', scores);
  let positives = 0;
  for (let i = 0; i < positive.length; i++) if (positive[i] === 1) positives++;
  const negatives = positive.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i);
  return { order: order.sort((a, b) => (scores[b] ?? NaN) - (scores[a] ?? NaN)), positives, negatives };
}

/**
 * The ROC curve of `scores` [N] for `positive` [N] (1 where the photo is of the class): from (0, 0) at threshold
 * Infinity to (1, 1), one point a distinct score. null when all or none are positive, where it is not defined.
 */
export function rocCurve(positive: ArrayLike<number>, scores: ArrayLike<number>): RocPoint[] | null {
  const sorted = sortByScore(positive, scores);
  if (sorted === null) return null;
  const { order, positives, negatives } = sorted;
  const points: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }];
  let truePositives = 0;
  for (const [rank, photo] of order.entries()) {
    if (positive[photo] === 1) truePositives++;
    const threshold = scores[photo] ?? NaN;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === threshold) continue;
    points.push({
      threshold,
      falsePositiveRate: (rank + 1 - truePositives) / negatives,
      truePositiveRate: truePositives / positives,
    });
  }
  return points;
}

/** For each photo, the share of the other side that scores below it, ties half: DeLong's structural components. */
function placements(
  positive: ArrayLike<number>,
  scores: ArrayLike<number>,
  order: Uint32Array,
): { readonly auc: number; readonly ofPositives: number[]; readonly ofNegatives: number[] } {
  const ofPositives: number[] = [];
  const ofNegatives: number[] = [];
  let positivesAbove = 0;
  let negativesAbove = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const score = scores[order[start] ?? 0];
    let positivesHere = 0;
    for (end = start; end < order.length && scores[order[end] ?? 0] === score; end++)
      if (positive[order[end] ?? 0] === 1) positivesHere++;
    const negativesHere = end - start - positivesHere;
    for (let i = 0; i < positivesHere; i++) ofPositives.push(negativesAbove + negativesHere / 2);
    for (let i = 0; i < negativesHere; i++) ofNegatives.push(positivesAbove + positivesHere / 2);
    positivesAbove += positivesHere;
    negativesAbove += negativesHere;
  }
  // Counts of halves, so their sum is exact: the area comes out the same whatever the order of the photos.
  const wins = ofNegatives.reduce((sum, above) => sum + above, 0);
  return {
    auc: wins / (ofPositives.length * ofNegatives.length),
    ofPositives: ofPositives.map((above) => 1 - above / ofNegatives.length),
    ofNegatives: ofNegatives.map((above) => above / ofPositives.length),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The unbiased variance of the mean; 0 for one value. */
function varianceOfMean(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return squares / Math.max(1, values.length - 1) / values.length;
}

/**
 * Newcombe's interval (2006, method 5): the θ with |θ̂ − θ| ≤ z √V(θ), V Hanley and McNeil's variance with both sample
 * sizes at their mean: V(θ) = θ(1−θ) (1 + n* (1−θ)/(2−θ) + n* θ/(1+θ)) / (mn), n* = (m+n)/2 − 1.
 */
function newcombeInterval(auc: number, positives: number, negatives: number): Interval {
  const z = normalQuantile(0.975);
  const star = (positives + negatives) / 2 - 1;
  const deviation = (t: number): number =>
    Math.sqrt((t * (1 - t) * (1 + (star * (1 - t)) / (2 - t) + (star * t) / (1 + t))) / (positives * negatives));
  return {
    low: auc <= 0 ? 0 : solveRising((t) => t + z * deviation(t), auc, [0, auc]),
    high: auc >= 1 ? 1 : solveRising((t) => t - z * deviation(t), auc, [auc, 1]),
  };
}

/**
 * Area under the ROC curve = Mann–Whitney U / (mn), with DeLong's 95 % interval (DeLong et al. 1988, clipped to
 * [0, 1]); where DeLong's variance is 0 (a perfect separation, one photo a side) Newcombe's, which never collapses.
 * null when all or none are positive. Throws SCORES_INVALID for unequal lengths, NaN or infinite scores.
 */
export function rocAuc(positive: ArrayLike<number>, scores: ArrayLike<number>): RocAuc | null {
  const sorted = sortByScore(positive, scores);
  if (sorted === null) return null;
  const { auc, ofPositives, ofNegatives } = placements(positive, scores, sorted.order);
  const deviation = Math.sqrt(varianceOfMean(ofPositives) + varianceOfMean(ofNegatives));
  const { positives, negatives } = sorted;
  // Equal components differ by a rounding at most; a single photo on a side has no variance to estimate.
  if (deviation < 1e-12 || Math.min(positives, negatives) < 2)
    return { auc, interval95: newcombeInterval(auc, positives, negatives) };
  const half = normalQuantile(0.975) * deviation;
  return { auc, interval95: { low: Math.max(0, auc - half), high: Math.min(1, auc + half) } };
}
