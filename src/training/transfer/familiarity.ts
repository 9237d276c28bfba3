// "Neither": how a transfer model tells photos that hold none of its classes. The backbone was trained on a thousand
// classes of its own; the training photos fall into some of them (cats into tabby, Persian, lynx, …), and a photo whose
// probability lies elsewhere shows something else. The score is that probability, in [0, 1]: the familiarity.
import { probabilitiesFromLogits } from '../../evaluation/index.ts';
import type { Familiarity } from '../../models/index.ts';

/** Share of the training photos' mean probability that the familiar classes hold. */
const familiarShare = 0.9;
/** Parts of the photos that are scored by the classes of the others. */
const crossFolds = 10;

export interface FamiliarClasses {
  /** Indices into the backbone's classes, the commonest first. */
  readonly classes: readonly number[];
  /** Familiarity of each training photo by classes that were found on others, [n]: as a new photo would be scored. */
  readonly heldOutScores: Float64Array;
}

/** The fewest classes that hold `familiarShare` of the sum of these rows, the commonest first. */
function commonClasses(probabilities: Float64Array, classCount: number, rows: readonly number[]): number[] {
  const sums = new Float64Array(classCount);
  for (const row of rows)
    for (let c = 0; c < classCount; c++)
      sums[c] = (sums[c] ?? 0) + (probabilities[row * classCount + c] ?? 0) / rows.length;
  const order = Array.from(sums.keys()).sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0) || a - b);
  let held = 0;
  const last = order.findIndex((c) => (held += sums[c] ?? 0) >= familiarShare);
  return order.slice(0, last < 0 ? order.length : last + 1);
}

/**
 * The backbone's classes that photos with these logits [n, K] fall into, and each photo's familiarity by the classes of
 * the other folds: scores of the photos that chose the classes would be too high, and the threshold with them.
 */
export function findFamiliarClasses(classLogits: Float32Array, classCount: number): FamiliarClasses {
  const n = classLogits.length / classCount;
  const probabilities = probabilitiesFromLogits({ values: classLogits, width: classCount }, classCount); // [n, K]
  const all = Array.from({ length: n }, (_, row) => row);
  const heldOutScores = new Float64Array(n);
  const foldCount = Math.min(crossFolds, n);
  for (let fold = 0; fold < foldCount; fold++) {
    const others = n === 1 ? all : all.filter((row) => row % foldCount !== fold);
    const classes = commonClasses(probabilities, classCount, others);
    for (let row = fold; row < n; row += foldCount)
      heldOutScores[row] = classes.reduce((sum, c) => sum + (probabilities[row * classCount + c] ?? 0), 0);
  }
  return { classes: commonClasses(probabilities, classCount, all), heldOutScores };
}

/**
 * The threshold by conformal prediction: the ⌊α(n + 1)⌋-th smallest held-out score, so that a new photo drawn as these
 * were falls below it with probability about α = `falseAlarmRate` (exactly at most α for classes fixed beforehand).
 * null: fewer than 1/α − 1 photos say nothing about such a rate.
 */
export function familiarityThreshold(scores: Float64Array, falseAlarmRate: number): Familiarity | null {
  const rank = Math.floor(falseAlarmRate * (scores.length + 1));
  if (rank < 1) return null;
  return { threshold: scores.toSorted()[rank - 1] ?? 0, falseAlarmRate };
}
