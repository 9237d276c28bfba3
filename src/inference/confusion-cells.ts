// The cells of a confusion matrix as lists of photos, the most telling first: what the page of mistakes shows.
import type { EvaluatedPhoto } from './evaluate.ts';

export interface ConfusionCell {
  /** Indices into classNames. */
  readonly actual: number;
  readonly predicted: number;
  /** All photos of the cell: mistakes by falling confidence, right answers by rising confidence. */
  readonly photos: readonly EvaluatedPhoto[];
}

/** Every cell, row by row, empty ones too. */
export function confusionCells(photos: readonly EvaluatedPhoto[], classCount: number): ConfusionCell[] {
  const cells: EvaluatedPhoto[][] = Array.from({ length: classCount * classCount }, () => []);
  for (const photo of photos) cells[photo.label * classCount + photo.prediction.labelIndex]?.push(photo);
  return cells.map((inside, index) => {
    const actual = Math.floor(index / classCount);
    const predicted = index % classCount;
    // A confident mistake says most about the model (or about a wrong label), a right answer that was nearly wrong next.
    const sign = actual === predicted ? 1 : -1;
    const byInterest = (a: EvaluatedPhoto, b: EvaluatedPhoto): number =>
      sign * (a.prediction.confidence - b.prediction.confidence) || (a.name < b.name ? -1 : 1);
    return { actual, predicted, photos: inside.sort(byInterest) };
  });
}
