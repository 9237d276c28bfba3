// The confusion matrix: how many photos of each class were taken for each class. The counting scores read only this.
import { checkLabels, checkLength } from './checks.ts';

/** `matrix[actual][predicted]` is a count; square, one row and column a class in label order. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** Counts (actual, predicted) pairs. Throws SCORES_INVALID for no photos, unequal lengths, labels that are no class. */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classCount: number,
): ConfusionMatrix {
  checkLength('predictions', predictions.length, labels.length);
  checkLabels('labels', labels, classCount);
  checkLabels('predictions', predictions, classCount);
  const counts = new Float64Array(classCount * classCount);
  for (let i = 0; i < labels.length; i++) {
    const cell = (labels[i] ?? 0) * classCount + (predictions[i] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return Array.from({ length: classCount }, (_, row) => [...counts.subarray(row * classCount, (row + 1) * classCount)]);
}

/** One class's part of the matrix. */
export interface ClassCounts {
  /** Photos of this class. */
  readonly support: number;
  /** Photos taken for this class. */
  readonly predicted: number;
  /** Photos of this class taken for it. */
  readonly truePositives: number;
}

/** The row sum, column sum and diagonal of each class, in label order. */
export function classCounts(matrix: ConfusionMatrix): ClassCounts[] {
  return matrix.map((row, label) => ({
    support: row.reduce((sum, count) => sum + count, 0),
    predicted: matrix.reduce((sum, other) => sum + (other[label] ?? 0), 0),
    truePositives: row[label] ?? 0,
  }));
}
