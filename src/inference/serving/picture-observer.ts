// What a picture was like, in few numbers: for the prediction log, and for drift to be looked for in.
import { createRandom } from '../../core/index.ts';
import { type ImageFormat, recordStatistics, type RecordStatistics } from '../../image/records.ts';
import type { SeenPicture } from '../predictor.ts';

export interface PictureObservation {
  /** Of the picture as it came, pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: ImageFormat;
  /** Of the record that the model saw. */
  readonly statistics: RecordStatistics;
  /** The model's features on 16 random axes; empty for a model that gives none. */
  readonly features: readonly number[];
}

/** `features` [d]: what the model's last layer stands on; null when it gives none. */
export type PictureObserver = (seen: SeenPicture, features: Float32Array | null) => PictureObservation;

export const projectedFeatures = 16;

/**
 * Features are projected onto axes of random signs, y = Rx / √16 with R in {−1, 1}^(16×d): distances between pictures keep
 * their size, nearly (Achlioptas 2003), and a change of the distribution shows in some axis. The axes depend on d alone, so
 * that days, machines and models of one width can be compared.
 */
export function createPictureObserver(): PictureObserver {
  const axesOf = new Map<number, Int8Array>();
  const axes = (width: number): Int8Array => {
    const known = axesOf.get(width);
    if (known !== undefined) return known;
    const random = createRandom('feature axes', width);
    const made = Int8Array.from({ length: projectedFeatures * width }, () => (random.next() < 0.5 ? -1 : 1));
    axesOf.set(width, made);
    return made;
  };
  return ({ record, width, height, format }, features) => ({
    ...{ width, height, format },
    statistics: recordStatistics(record),
    features: features === null ? [] : project(features, axes(features.length)),
  });
}

function project(features: Float32Array, axes: Int8Array): number[] {
  const width = features.length;
  return Array.from({ length: projectedFeatures }, (_, axis) => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (axes[axis * width + i] ?? 0) * (features[i] ?? 0);
    return sum / Math.sqrt(projectedFeatures);
  });
}
