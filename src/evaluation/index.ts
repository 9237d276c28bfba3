// evaluation: pure scores over labels, logits and probabilities; one score a file, none reads a file.
export * from './accuracy.ts';
export * from './binomial-interval.ts';
export * from './brier.ts';
export * from './calibration.ts';
export * from './confusion-matrix.ts';
export * from './log-loss.ts';
export * from './mcnemar.ts';
export * from './precision-recall.ts';
export * from './probabilities.ts';
export * from './roc.ts';
export * from './scores.ts';
export * from './selective.ts';
export * from './temperature.ts';
