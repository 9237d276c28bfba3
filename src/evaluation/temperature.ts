// The temperature that makes a model as sure as it is right (Guo et al. 2017, "On Calibration of Modern Neural Networks").
import { checkLabels, checkLength } from './checks.ts';
import { type Logits, logitRows, probabilitiesFromLogits } from './probabilities.ts';

/** Temperatures that are looked at: outside, probabilities are all alike or all certain. */
const range = { low: 1 / 64, high: 64 } as const;
/** The golden ratio's inverse: share of an interval that one step of the search keeps. */
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * T > 0 that minimises the negative log likelihood of softmax(logits / T), or σ(logit / T). It is convex in 1/T, so a
 * golden-section search finds it. The targets are Platt's (1999): (N_c + 1) / (N_c + 2) for the true class of N_c photos
 * and the rest on the others, so that photos that are all right do not ask for T = 0. `labels` [N] are class indices,
 * `logits` [N, 1] or [N, C]. Throws SCORES_INVALID for no photos, unequal lengths, labels that are no class, logits that
 * are not finite.
 */
export function fitTemperature(labels: ArrayLike<number>, logits: Logits, classCount: number): number {
  checkLength('logits', logitRows(logits, classCount), labels.length);
  checkLabels('labels', labels, classCount);
  const counts = Array<number>(classCount).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i] ?? 0] = (counts[labels[i] ?? 0] ?? 0) + 1;
  const targetOf = (label: number): number => ((counts[label] ?? 0) + 1) / ((counts[label] ?? 0) + 2);
  const loss = (logInverse: number): number => {
    const probabilities = probabilitiesFromLogits(logits, classCount, Math.exp(-logInverse));
    let sum = 0;
    for (let row = 0; row < labels.length; row++) {
      const target = targetOf(labels[row] ?? 0);
      for (let c = 0; c < classCount; c++) {
        const share = c === labels[row] ? target : (1 - target) / (classCount - 1);
        sum -= share * Math.log(Math.max(Number.MIN_VALUE, probabilities[row * classCount + c] ?? 0));
      }
    }
    return sum;
  };
  // A convex function of 1/T falls and then rises in log(1/T) too.
  return Math.exp(-minimiseUnimodal(loss, Math.log(range.low), Math.log(range.high)));
}

function minimiseUnimodal(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (high - low > 1e-6) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = f(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = f(right);
    }
  }
  return (low + high) / 2;
}
