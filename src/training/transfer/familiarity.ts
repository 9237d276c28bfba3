// "Neither": how a transfer model tells photos that hold none of its classes. The backbone was trained on a thousand
// classes of its own; the training photos fall into some of them (cats into tabby, Persian, lynx, …), and a photo whose
// probability lies elsewhere shows something else. The score is that probability, in [0, 1]: the familiarity.
import type { Familiarity } from '../../models/index.ts';

/** Share of the training photos' mean probability that the familiar classes hold. */
const familiarShare = 0.9;

export interface FamiliarClasses {
  /** Indices into the backbone's classes, the commonest first. */
  readonly classes: readonly number[];
  /** Familiarity of each training photo, [n]. */
  readonly scores: Float64Array;
}

/** Softmax of row `row` of `logits` [n, K]. */
function probabilitiesOf(logits: Float32Array, row: number, classCount: number): Float64Array {
  const own = Float64Array.from(logits.subarray(row * classCount, (row + 1) * classCount));
  const max = own.reduce((a, b) => Math.max(a, b), -Infinity);
  own.forEach((value, c) => (own[c] = Math.exp(value - max)));
  const sum = own.reduce((a, b) => a + b, 0);
  return own.map((value) => value / sum);
}

/** The fewest of the backbone's classes that hold nine tenths of the mean probability of the photos. */
export function findFamiliarClasses(classLogits: Float32Array, classCount: number): FamiliarClasses {
  const n = classLogits.length / classCount;
  const mean = new Float64Array(classCount);
  for (let row = 0; row < n; row++)
    probabilitiesOf(classLogits, row, classCount).forEach((p, c) => (mean[c] = (mean[c] ?? 0) + p / n));
  const order = Array.from(mean.keys()).sort((a, b) => (mean[b] ?? 0) - (mean[a] ?? 0) || a - b);
  let held = 0;
  const end = order.findIndex((c) => (held += mean[c] ?? 0) >= familiarShare);
  const classes = order.slice(0, end < 0 ? order.length : end + 1);
  const scores = Float64Array.from({ length: n }, (_, row) => {
    const own = probabilitiesOf(classLogits, row, classCount);
    return classes.reduce((sum, c) => sum + (own[c] ?? 0), 0);
  });
  return { classes, scores };
}

/**
 * The threshold by conformal prediction: the ⌊α(n + 1)⌋-th smallest score, so that a new photo drawn as these were falls
 * below it with probability at most α = `falseAlarmRate`. null: fewer than 1/α − 1 photos say nothing about such a rate.
 */
export function familiarityThreshold(scores: Float64Array, falseAlarmRate: number): Familiarity | null {
  const rank = Math.floor(falseAlarmRate * (scores.length + 1));
  if (rank < 1) return null;
  return { threshold: scores.toSorted()[rank - 1] ?? 0, falseAlarmRate };
}
