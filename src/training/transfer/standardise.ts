// Features brought to one scale before a fit, and the fitted weights brought back, so that a head works on raw features.

/** x ↦ (x − mean) · scale, feature by feature; scale 0 where a feature never changes: it takes no part. */
export interface Standardisation {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/**
 * Mean of each column of features [n, d], and one scale for all that change: 1 / root of their mean variance. One scale
 * each would let features that hardly ever fire shout as loud as the others, which costs accuracy with few photos.
 */
export function standardisationOf(features: Float32Array, featureCount: number): Standardisation {
  const n = features.length / featureCount;
  const mean = new Float64Array(featureCount);
  const variance = new Float64Array(featureCount);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < featureCount; j++) mean[j] = (mean[j] ?? 0) + (features[i * featureCount + j] ?? 0) / n;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < featureCount; j++)
      variance[j] = (variance[j] ?? 0) + ((features[i * featureCount + j] ?? 0) - (mean[j] ?? 0)) ** 2 / n;
  // A deviation within rounding of the mean is no deviation.
  const changes = (value: number, j: number): boolean => value > (1e-6 * (mean[j] ?? 0)) ** 2;
  const changing = variance.filter(changes);
  const together = changing.reduce((sum, value) => sum + value, 0) / changing.length;
  return { mean, scale: variance.map((value, j) => (changes(value, j) ? 1 / Math.sqrt(together) : 0)) };
}

/** The standardised features [n, d], a copy. */
export function standardise(features: Float32Array, { mean, scale }: Standardisation): Float32Array {
  const d = mean.length;
  const standardised = new Float32Array(features.length);
  for (let at = 0; at < features.length; at += d)
    for (let j = 0; j < d; j++) standardised[at + j] = ((features[at + j] ?? 0) - (mean[j] ?? 0)) * (scale[j] ?? 0);
  return standardised;
}

/** Weights [K, d] and biases [K] for raw features: W'ⱼ = Wⱼ·scaleⱼ, b' = b − Σⱼ W'ⱼ·meanⱼ. */
export function forRawFeatures(
  point: Float64Array,
  { mean, scale }: Standardisation,
): { weights: Float32Array<ArrayBuffer>; bias: Float32Array<ArrayBuffer> } {
  const d = mean.length;
  const k = point.length / (d + 1);
  const weights = new Float32Array(k * d);
  const bias = Float32Array.from(point.subarray(k * d));
  for (let c = 0; c < k; c++) {
    let shift = point[k * d + c] ?? 0;
    for (let j = 0; j < d; j++) {
      const weight = (point[c * d + j] ?? 0) * (scale[j] ?? 0);
      weights[c * d + j] = weight;
      shift -= weight * (mean[j] ?? 0);
    }
    bias[c] = shift;
  }
  return { weights, bias };
}
