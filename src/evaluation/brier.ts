// Brier score: the mean squared distance of the probabilities from what came true. 0 is perfect.
import { checkLabels, checkLength, checkProbabilities } from './checks.ts';

/**
 * Brier score (Brier 1950) of probabilities [N, C] against labels [N]. C = 2: mean (p1 − y)², in [0, 1]; C > 2:
 * mean Σ_c (p_c − [y = c])², in [0, 2] (the two scales scikit-learn's brier_score_loss uses by default).
 * Throws SCORES_INVALID for no photos, unequal lengths, numbers that are no probabilities.
 */
export function brierScore(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classCount: number): number {
  checkLength('probabilities', probabilities.length, labels.length * classCount);
  checkLabels('labels', labels, classCount);
  checkProbabilities('probabilities', probabilities);
  let sum = 0;
  for (let i = 0; i < labels.length; i++)
    for (let c = 0; c < classCount; c++)
      sum += ((probabilities[i * classCount + c] ?? NaN) - (labels[i] === c ? 1 : 0)) ** 2;
  return sum / labels.length / (classCount === 2 ? 2 : 1);
}
