// Every score of one model on one set of labelled photos: what `pawprint evaluate` writes and the gates read.
import { accuracy, balancedAccuracy } from './accuracy.ts';
import { type Interval, wilsonInterval } from './binomial-interval.ts';
import { brierScore } from './brier.ts';
import { expectedCalibrationError, reliabilityBins, type ReliabilityBin, topLabelOutcomes } from './calibration.ts';
import { confusionMatrix, type ConfusionMatrix } from './confusion-matrix.ts';
import { logLoss } from './log-loss.ts';
import { type ClassScores, precisionRecall } from './precision-recall.ts';
import { type Logits, predictedLabels, probabilitiesFromLogits } from './probabilities.ts';
import { rocAuc } from './roc.ts';

export interface Scores {
  readonly accuracy: number;
  readonly correct: number;
  readonly total: number;
  /** Wilson's. */
  readonly accuracyInterval95: Interval;
  readonly balancedAccuracy: number;
  /** Macro means. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly weighted: { readonly precision: number; readonly recall: number; readonly f1: number };
  /** By class name. rocAuc: that class against the rest, null where it is not defined. */
  readonly perClass: Readonly<Record<string, ClassScores & { readonly rocAuc: number | null }>>;
  /** Two classes: of class 1. More: the mean over the classes for which it is defined. null when there is none. */
  readonly rocAuc: number | null;
  /** DeLong's; two classes only. */
  readonly rocAucInterval95: Interval | null;
  /** Nats a photo. */
  readonly logLoss: number;
  readonly brier: number;
  /** Of the predicted class: 15 equal-width bins, and 15 equally filled ones. */
  readonly ece: number;
  readonly adaptiveEce: number;
  readonly reliability: readonly ReliabilityBin[];
  /** [actual][predicted], in label order. */
  readonly confusionMatrix: ConfusionMatrix;
}

export interface ScoredPhotos {
  /** [N], indices into classNames. */
  readonly labels: ArrayLike<number>;
  /** [N, 1] or [N, C], before the temperature. */
  readonly logits: Logits;
  readonly classNames: readonly string[];
  readonly temperature?: number;
}

/** One class's photos as 1, the others as 0; and that class's column of probabilities [N, C]. */
function oneAgainstRest(
  labels: ArrayLike<number>,
  probabilities: Float64Array,
  { label, classCount }: { readonly label: number; readonly classCount: number },
): { readonly positive: Uint8Array; readonly scores: Float64Array } {
  return {
    positive: Uint8Array.from({ length: labels.length }, (_, i) => (labels[i] === label ? 1 : 0)),
    scores: Float64Array.from({ length: labels.length }, (_, i) => probabilities[i * classCount + label] ?? NaN),
  };
}

/**
 * What ROC ranks one class by: the logit itself where there is one a photo (a sigmoid rounds far logits to ties), its
 * negative for class 0; a softmax's probability otherwise.
 */
export function classScoresForRoc(
  photos: Omit<ScoredPhotos, 'temperature'> & { readonly probabilities: Float64Array },
  label: number,
): { readonly positive: Uint8Array; readonly scores: Float64Array } {
  const { labels, logits, classNames, probabilities } = photos;
  const { positive, scores } = oneAgainstRest(labels, probabilities, { label, classCount: classNames.length });
  if (logits.width !== 1) return { positive, scores };
  const sign = label === 1 ? 1 : -1;
  return { positive, scores: Float64Array.from(logits.values, (z) => sign * z) };
}

/**
 * All scores. Defined for one class only in the labels (ROC AUC is then null) and for perfect or worthless models;
 * throws SCORES_INVALID for no photos, unequal lengths, labels that are no class, NaN or infinite logits.
 */
export function scorePhotos({ labels, logits, classNames, temperature = 1 }: ScoredPhotos): Scores {
  const classCount = classNames.length;
  const predictions = predictedLabels(logits, classCount);
  const probabilities = probabilitiesFromLogits(logits, classCount, temperature);
  const matrix = confusionMatrix(labels, predictions, classCount);
  const { perClass, macro, weighted } = precisionRecall(matrix);
  const aucs = classNames.map((_, label) => {
    const { positive, scores } = classScoresForRoc({ labels, logits, classNames, probabilities }, label);
    return rocAuc(positive, scores);
  });
  const defined = aucs.flatMap((each) => (each === null ? [] : [each.auc]));
  const meanAuc = defined.length === 0 ? null : defined.reduce((sum, auc) => sum + auc, 0) / defined.length;
  const top = topLabelOutcomes({ labels, predictions, probabilities, classCount });
  const reliability = reliabilityBins(top.confidences, top.correct);
  const counts = accuracy(matrix);
  return {
    ...counts,
    accuracyInterval95: wilsonInterval(counts.correct, counts.total),
    balancedAccuracy: balancedAccuracy(matrix),
    ...macro,
    weighted,
    perClass: Object.fromEntries(
      perClass.map((each, label) => [classNames[label] ?? '', { ...each, rocAuc: aucs[label]?.auc ?? null }] as const),
    ),
    rocAuc: classCount === 2 ? (aucs[1]?.auc ?? null) : meanAuc,
    rocAucInterval95: classCount === 2 ? (aucs[1]?.interval95 ?? null) : null,
    logLoss: logLoss(labels, logits, { classCount, temperature }),
    brier: brierScore(labels, probabilities, classCount),
    ece: expectedCalibrationError(reliability),
    adaptiveEce: expectedCalibrationError(reliabilityBins(top.confidences, top.correct, { strategy: 'adaptive' })),
    reliability,
    confusionMatrix: matrix,
  };
}
