// Precision, recall and F1: per class, macro (every class counts the same) and weighted (every photo counts the same).
import { classCounts, type ConfusionMatrix } from './confusion-matrix.ts';

export interface ClassScores {
  /** TP / photos taken for the class. 0 when none was. */
  readonly precision: number;
  /** TP / photos of the class. 0 when there are none. */
  readonly recall: number;
  /** 2 TP / (photos of the class + photos taken for it): the harmonic mean of the two. 0 when both are 0. */
  readonly f1: number;
  /** Photos of the class. */
  readonly support: number;
}

export interface PrecisionRecall {
  /** In label order. */
  readonly perClass: readonly ClassScores[];
  /** The plain mean over the classes that occur as a label or as a prediction. */
  readonly macro: Omit<ClassScores, 'support'>;
  /** The mean weighted by support; its recall is the accuracy. */
  readonly weighted: Omit<ClassScores, 'support'>;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * Precision, recall and F1 as scikit-learn's precision_recall_fscore_support(zero_division=0): a quotient 0/0 is 0, and
 * a class neither labelled nor predicted is left out of the macro mean.
 */
export function precisionRecall(matrix: ConfusionMatrix): PrecisionRecall {
  const counts = classCounts(matrix);
  const perClass = counts.map(({ support, predicted, truePositives }) => ({
    precision: ratio(truePositives, predicted),
    recall: ratio(truePositives, support),
    f1: ratio(2 * truePositives, support + predicted),
    support,
  }));
  const mean = (weights: readonly number[]): Omit<ClassScores, 'support'> => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const of = (name: 'precision' | 'recall' | 'f1'): number =>
      perClass.reduce((total, scores, c) => total + scores[name] * (weights[c] ?? 0), 0) / sum;
    return { precision: of('precision'), recall: of('recall'), f1: of('f1') };
  };
  return {
    perClass,
    macro: mean(counts.map(({ support, predicted }) => (support + predicted > 0 ? 1 : 0))),
    weighted: mean(counts.map(({ support }) => support)),
  };
}
