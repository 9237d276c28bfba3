// Which regularisation strength: each judged by the log loss of photos that its models had not seen.
import { logLoss } from '../../evaluation/index.ts';
import { outputColumns } from '../../models/index.ts';

/** One strength under cross-validation. */
export interface StrengthRow {
  readonly strength: number;
  /** Mean held-out log loss in nats, weighted as the photos are in training. */
  readonly logLoss: number;
  /** Share of held-out photos given their class, each counting once. */
  readonly accuracy: number;
  /** Standard error of `logLoss` over the photos. */
  readonly standardError: number;
}

export interface HeldOut {
  /** [n, K] */
  readonly logits: Float32Array;
  readonly labels: Uint8Array;
  /** Weight of each photo. */
  readonly weights: Float64Array;
  readonly classCount: number;
}

/** Scores the held-out logits of one strength. */
export function scoreStrength(strength: number, { logits, labels, weights, classCount }: HeldOut): StrengthRow {
  const k = outputColumns(classCount);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const losses = new Float64Array(labels.length);
  let correct = 0;
  labels.forEach((label, row) => {
    const values = logits.subarray(row * k, (row + 1) * k);
    losses[row] = logLoss([label], { values, width: k }, { classCount });
    if (predictedClass(values) === label) correct++;
  });
  const mean = losses.reduce((sum, loss, row) => sum + loss * (weights[row] ?? 0), 0) / total;
  // Standard error of a weighted mean: √Σ wᵢ²·(lossᵢ − mean)² / Σw.
  const spread = losses.reduce((sum, loss, row) => sum + ((weights[row] ?? 0) * (loss - mean)) ** 2, 0);
  return { strength, logLoss: mean, accuracy: correct / labels.length, standardError: Math.sqrt(spread) / total };
}

/** Index of the row of least log loss; of equal ones the strongest. */
export function chooseStrength(table: readonly StrengthRow[]): number {
  let best = 0;
  table.forEach((row, i) => {
    const known = table[best];
    if (known === undefined) return;
    if (row.logLoss < known.logLoss || (row.logLoss === known.logLoss && row.strength > known.strength)) best = i;
  });
  return best;
}

function predictedClass(values: Float32Array): number {
  if (values.length === 1) return Number((values[0] ?? 0) > 0);
  return values.indexOf(Math.max(...values));
}
