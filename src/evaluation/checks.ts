// The promises every score asks of its input: something to score, equal lengths, labels in range, finite numbers.
// A broken one is a SCORES_INVALID error, so that no score is ever NaN.
import { PawprintError } from '../core/index.ts';

function invalid(message: string, expected: string, received: string): PawprintError {
  return new PawprintError('SCORES_INVALID', { message, expected, received });
}

/** Throws SCORES_INVALID when `received` numbers came where `expected` were due. */
export function checkLength(what: string, received: number, expected: number): void {
  if (received !== expected)
    throw invalid(`${what} and labels do not belong together`, `${expected} numbers`, `${received} numbers`);
}

/** Throws SCORES_INVALID when there is nothing to score, or a label is not an integer in [0, classCount). */
export function checkLabels(what: string, labels: ArrayLike<number>, classCount: number): void {
  if (!Number.isInteger(classCount) || classCount < 2)
    throw invalid('scores need two classes or more', 'classCount ≥ 2', String(classCount));
  if (labels.length === 0) throw invalid(`there are no ${what} to score`, 'at least one', 'none');
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? NaN;
    if (!Number.isInteger(label) || label < 0 || label >= classCount)
      throw invalid(`${what}[${i}] is not a class`, `an integer from 0 to ${classCount - 1}`, String(label));
  }
}

/** Throws SCORES_INVALID when a number is NaN or infinite. */
export function checkFinite(what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) throw invalid(`${what}[${i}] is not a number`, 'a finite number', String(value));
  }
}

/** Throws SCORES_INVALID when a number lies outside [0, 1] (a float's rounding, 1e-6, is let pass). */
export function checkProbabilities(what: string, values: ArrayLike<number>): void {
  checkFinite(what, values);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (value < -1e-6 || value > 1 + 1e-6)
      throw invalid(`${what}[${i}] is not a probability`, 'a number from 0 to 1', String(value));
  }
}
