// Accuracy, and balanced accuracy for classes of unequal size.
import { classCounts, type ConfusionMatrix } from './confusion-matrix.ts';

export interface Accuracy {
  /** correct / total, in [0, 1]. */
  readonly accuracy: number;
  readonly correct: number;
  readonly total: number;
}

/** accuracy = Σ_c m[c][c] / Σ m. The matrix counts at least one photo (confusionMatrix makes no other). */
export function accuracy(matrix: ConfusionMatrix): Accuracy {
  const counts = classCounts(matrix);
  const correct = counts.reduce((sum, each) => sum + each.truePositives, 0);
  const total = counts.reduce((sum, each) => sum + each.support, 0);
  return { accuracy: correct / total, correct, total };
}

/**
 * Balanced accuracy: the mean recall of the classes that occur in the labels (as scikit-learn's
 * balanced_accuracy_score). With one class only it is that class's recall.
 */
export function balancedAccuracy(matrix: ConfusionMatrix): number {
  const present = classCounts(matrix).filter((each) => each.support > 0);
  return present.reduce((sum, each) => sum + each.truePositives / each.support, 0) / present.length;
}
