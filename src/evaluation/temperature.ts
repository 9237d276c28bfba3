// The temperature that makes a model as sure as it is right (Guo et al. 2017, "On Calibration of Modern Neural Networks").
import { checkLabels, checkLength } from './checks.ts';
import { logLoss } from './log-loss.ts';
import { type Logits, logitRows } from './probabilities.ts';

/** Temperatures that are looked at: outside, probabilities are all alike or all certain. */
const range = { low: 1 / 64, high: 64 } as const;
const gridSteps = 48;
/** The golden ratio's inverse: share of an interval that one step of the search keeps. */
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * T > 0 that minimises the negative log likelihood of softmax(logits / T), or σ(logit / T), summed over the photos, plus
 * (ln T)² / 2: a standard normal prior on ln T. A hundred photos outweigh it; it matters where a few photos are all right,
 * for which the likelihood alone asks for T = 0. `labels` [N] are class indices, `logits` [N, 1] or [N, C]. Throws
 * SCORES_INVALID for no photos, unequal lengths, labels that are no class, logits that are not finite.
 */
export function fitTemperature(labels: ArrayLike<number>, logits: Logits, classCount: number): number {
  checkLength('logits', logitRows(logits, classCount), labels.length);
  checkLabels('labels', labels, classCount);
  const cost = (logTemperature: number): number =>
    labels.length * logLoss(labels, logits, { classCount, temperature: Math.exp(logTemperature) }) +
    logTemperature ** 2 / 2;
  // The likelihood has one minimum, and so has the prior, but their sum need not: the grid finds the lower one.
  const [low, high] = [Math.log(range.low), Math.log(range.high)];
  const step = (high - low) / gridSteps;
  const grid = Array.from({ length: gridSteps + 1 }, (_, i) => low + i * step);
  const costs = grid.map(cost);
  const best = grid[costs.indexOf(Math.min(...costs))] ?? 0;
  return Math.exp(minimiseUnimodal(cost, Math.max(low, best - step), Math.min(high, best + step)));
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
