// From a model's logits to probabilities and a predicted class. One logit a photo means two classes, the logit being
// for class 1; otherwise one logit a class.
import { PawprintError } from '../core/index.ts';
import { checkFinite } from './checks.ts';

/** σ(z) = 1 / (1 + e^−z), written so that neither side overflows. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** How many photos `logits` holds for `classCount` classes: [N, 1] for two classes or [N, C]. */
export interface Logits {
  /** Row by row: length N · width. */
  readonly values: ArrayLike<number>;
  /** Logits a photo: 1 (two classes) or classCount. */
  readonly width: number;
}

/** N. Throws SCORES_INVALID when the length is not a multiple of the width or the width does not fit the classes. */
export function logitRows(logits: Logits, classCount: number): number {
  const fits = logits.width === classCount || (logits.width === 1 && classCount === 2);
  if (!fits || logits.values.length % logits.width !== 0)
    throw new PawprintError('SCORES_INVALID', {
      message: 'the logits do not fit the classes',
      expected: classCount === 2 ? '1 or 2 logits a photo' : `${classCount} logits a photo`,
      received: `${logits.values.length} logits in rows of ${logits.width}`,
    });
  return logits.values.length / logits.width;
}

/**
 * Probabilities [N, C], row by row, of logits divided by `temperature` (Guo et al. 2017; 1 changes nothing):
 * one logit: p1 = σ(z/T), p0 = σ(−z/T); more: p_c = e^(z_c/T − max) / Σ. Each row sums to 1.
 * Throws SCORES_INVALID for NaN or infinite logits.
 */
export function probabilitiesFromLogits(logits: Logits, classCount: number, temperature = 1): Float64Array {
  const rows = logitRows(logits, classCount);
  checkFinite('logits', logits.values);
  const { values, width } = logits;
  const probabilities = new Float64Array(rows * classCount);
  for (let row = 0; row < rows; row++) {
    if (width === 1) {
      const z = (values[row] ?? NaN) / temperature;
      probabilities[2 * row] = sigmoid(-z);
      probabilities[2 * row + 1] = sigmoid(z);
      continue;
    }
    const first = row * width;
    let max = -Infinity;
    for (let c = 0; c < width; c++) max = Math.max(max, values[first + c] ?? NaN);
    let sum = 0;
    for (let c = 0; c < width; c++) {
      const e = Math.exp(((values[first + c] ?? NaN) - max) / temperature);
      probabilities[first + c] = e;
      sum += e;
    }
    for (let c = 0; c < width; c++) probabilities[first + c] = (probabilities[first + c] ?? NaN) / sum;
  }
  return probabilities;
}

/** The predicted class of each photo: the largest logit; a tie goes to the lower class (one logit: class 1 when z > 0). */
export function predictedLabels(logits: Logits, classCount: number): Int32Array {
  const rows = logitRows(logits, classCount);
  checkFinite('logits', logits.values);
  const { values, width } = logits;
  return Int32Array.from({ length: rows }, (_, row) => {
    if (width === 1) return (values[row] ?? NaN) > 0 ? 1 : 0;
    let best = 0;
    for (let c = 1; c < width; c++)
      if ((values[row * width + c] ?? NaN) > (values[row * width + best] ?? NaN)) best = c;
    return best;
  });
}
