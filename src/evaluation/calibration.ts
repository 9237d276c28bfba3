// Calibration: does "90 % sure" come true nine times in ten? Reliability bins and the expected calibration error.
import { checkLabels, checkLength, checkProbabilities } from './checks.ts';
import { PawprintError } from '../core/index.ts';
import { type Logits, predictedLabels, probabilitiesFromLogits } from './probabilities.ts';

/** One bin of the reliability diagram. Empty bins are left out. */
export interface ReliabilityBin {
  /** The bin holds low < probability ≤ high (the first one holds low too). */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly meanProbability: number;
  /** Share of the bin that came true. */
  readonly observed: number;
}

export interface BinningOptions {
  /** 15 unless told. */
  readonly bins?: number;
  /** `equal-width` cuts [0, 1] evenly; `adaptive` gives each bin as many photos as the others (ties stay together). */
  readonly strategy?: 'equal-width' | 'adaptive';
}

/** (low, high] as in Guo et al.: 0.2 belongs to the third of 15 bins, not the fourth, hence the ceiling. */
function equalWidthBin(probability: number, binCount: number): number {
  return Math.max(0, Math.ceil(probability * binCount - 1e-12) - 1);
}

/** Index of the first photo (in order of probability) of each bin that holds any. */
function binStarts(sorted: Float64Array, binCount: number, strategy: 'equal-width' | 'adaptive'): number[] {
  const starts = [0];
  const share = (rank: number): number => Math.floor((rank * binCount) / sorted.length);
  for (let i = 1; i < sorted.length; i++) {
    const previous = sorted[i - 1] ?? NaN;
    const current = sorted[i] ?? NaN;
    const cut =
      strategy === 'equal-width'
        ? equalWidthBin(current, binCount) !== equalWidthBin(previous, binCount)
        : current !== previous && share(i) > share(starts.at(-1) ?? 0);
    if (cut) starts.push(i);
  }
  return starts;
}

/**
 * Bins `probabilities` [N] (of the predicted class, or of one class) and compares each bin's mean with how often
 * `cameTrue` [N] (0 or 1) is 1. Throws SCORES_INVALID for no photos, unequal lengths, numbers that are no probabilities.
 */
export function reliabilityBins(
  probabilities: ArrayLike<number>,
  cameTrue: ArrayLike<number>,
  { bins = 15, strategy = 'equal-width' }: BinningOptions = {},
): ReliabilityBin[] {
  checkLength('probabilities', probabilities.length, cameTrue.length);
  checkLabels('outcomes', cameTrue, 2);
  checkProbabilities('probabilities', probabilities);
  if (!Number.isInteger(bins) || bins < 1)
    throw new PawprintError('SCORES_INVALID', {
      message: 'a reliability diagram needs bins',
      expected: 'one or more',
      received: String(bins),
    });
  const order = Uint32Array.from({ length: cameTrue.length }, (_, i) => i).sort(
    (a, b) => (probabilities[a] ?? NaN) - (probabilities[b] ?? NaN) || a - b,
  );
  const sorted = Float64Array.from(order, (i) => Math.min(1, Math.max(0, probabilities[i] ?? NaN)));
  const starts = binStarts(sorted, bins, strategy);
  return starts.map((start, b) => {
    const end = starts[b + 1] ?? sorted.length;
    let sum = 0;
    let hits = 0;
    for (let i = start; i < end; i++) {
      sum += sorted[i] ?? NaN;
      hits += cameTrue[order[i] ?? 0] ?? NaN;
    }
    const count = end - start;
    const index = equalWidthBin(sorted[start] ?? NaN, bins);
    const edges =
      strategy === 'equal-width'
        ? { low: index / bins, high: (index + 1) / bins }
        : { low: sorted[start] ?? NaN, high: sorted[end - 1] ?? NaN };
    return { ...edges, count, meanProbability: sum / count, observed: hits / count };
  });
}

/**
 * Expected calibration error: Σ_b (n_b / n) · |observed_b − meanProbability_b|, in [0, 1] (Naeini et al. 2015; Guo et
 * al. 2017 with the predicted class's probability and 15 equal-width bins).
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.observed - bin.meanProbability), 0);
}

/** Each photo's probability of its predicted class [N], and whether that class was right: what ECE is computed from. */
export function topLabelOutcomes({
  labels,
  predictions,
  probabilities,
  classCount,
}: {
  readonly labels: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
  /** [N, C]. */
  readonly probabilities: ArrayLike<number>;
  readonly classCount: number;
}): { readonly confidences: Float64Array; readonly correct: Uint8Array } {
  checkLength('predictions', predictions.length, labels.length);
  checkLength('probabilities', probabilities.length, labels.length * classCount);
  const confidence = (i: number): number => probabilities[i * classCount + (predictions[i] ?? 0)] ?? NaN;
  return {
    confidences: Float64Array.from({ length: labels.length }, (_, i) => confidence(i)),
    correct: Uint8Array.from({ length: labels.length }, (_, i) => (labels[i] === predictions[i] ? 1 : 0)),
  };
}

/** The expected calibration error of the predicted class, 15 equal-width bins, of logits divided by `temperature`. */
export function topLabelCalibrationError(
  labels: ArrayLike<number>,
  logits: Logits,
  { classCount, temperature = 1 }: { readonly classCount: number; readonly temperature?: number },
): number {
  const probabilities = probabilitiesFromLogits(logits, classCount, temperature);
  const { confidences, correct } = topLabelOutcomes({
    labels,
    predictions: predictedLabels(logits, classCount),
    probabilities,
    classCount,
  });
  return expectedCalibrationError(reliabilityBins(confidences, correct));
}
