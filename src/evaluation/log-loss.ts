// Log loss (cross-entropy) from logits in the stable form: never log(sigmoid(x)), never a clipped probability.
import { checkFinite, checkLabels, checkLength } from './checks.ts';
import { logitRows, type Logits } from './probabilities.ts';

/** softplus(x) = ln(1 + e^x) = max(x, 0) + log1p(e^−|x|). */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * Mean negative log-likelihood in nats of labels [N] under logits [N, 1] or [N, C], each divided by `temperature`.
 * One logit z, label y: max(z, 0) − z·y + log1p(e^−|z|) = softplus(y ? −z : z). More: ln Σ e^(z_c − max) + max − z_y.
 * Throws SCORES_INVALID for no photos, unequal lengths, NaN or infinite logits.
 */
export function logLoss(
  labels: ArrayLike<number>,
  logits: Logits,
  { classCount, temperature = 1 }: { readonly classCount: number; readonly temperature?: number },
): number {
  checkLength('logits', logitRows(logits, classCount), labels.length);
  checkLabels('labels', labels, classCount);
  checkFinite('logits', logits.values);
  const { values, width } = logits;
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0;
    if (width === 1) {
      const z = (values[i] ?? NaN) / temperature;
      sum += softplus(label === 1 ? -z : z);
      continue;
    }
    let max = -Infinity;
    for (let c = 0; c < width; c++) max = Math.max(max, values[i * width + c] ?? NaN);
    let exponentials = 0;
    for (let c = 0; c < width; c++) exponentials += Math.exp(((values[i * width + c] ?? NaN) - max) / temperature);
    sum += Math.log(exponentials) + (max - (values[i * width + label] ?? NaN)) / temperature;
  }
  return sum / labels.length;
}
