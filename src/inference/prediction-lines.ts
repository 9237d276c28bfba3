// Predictions as text, one line a photo, each complete in itself so that they can be printed as they come: JSON lines,
// CSV, or a table for a person.
import type { PawprintError } from '../core/index.ts';
import { toPlainError, type PlainError } from './decode-chunk.ts';
import { type PhotoPrediction, statedAnswer } from './predictor.ts';

export type LineFormat = 'json' | 'csv' | 'table';

/** One line of `pawprint predict --json`. */
export type PredictionRecord =
  | {
      readonly file: string;
      readonly label: string;
      readonly confidence: number;
      /** The label where the model stands by it, else `unsure` or `neither`. */
      readonly answer: string;
      readonly probabilities: Readonly<Record<string, number>>;
    }
  | { readonly file: string; readonly error: Pick<PlainError, 'code' | 'message' | 'hint'> };

export function errorSummary(error: PawprintError): Pick<PlainError, 'code' | 'message' | 'hint'> {
  const { code, message, hint } = toPlainError(error);
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

export function toPredictionRecord(answer: PhotoPrediction): PredictionRecord {
  const file = answer.input.name;
  if ('error' in answer) return { file, error: errorSummary(answer.error) };
  const { label, confidence, probabilities } = answer.prediction;
  return { file, label, confidence, answer: statedAnswer(answer.prediction), probabilities };
}

/** A CSV field (RFC 4180): quoted when it holds a comma, a quote or a line end. */
export function csvField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Fields as one CSV line, `\n` at its end. */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map(csvField).join(',')}\n`;
}

/** `98.31 %` in eight characters; never rounds up to a certainty that is not there. */
export function formatPercent(probability: number): string {
  const shown = probability < 1 ? Math.min(99.99, probability * 100) : 100;
  return `${shown.toFixed(2).padStart(6)} %`;
}

/** Line ends and control characters in a name or message would break the line, or the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** What stands above the lines: CSV's and the table's header; nothing for JSON. */
export function formatHeader(format: LineFormat, classNames: readonly string[]): string {
  if (format === 'json') return '';
  if (format === 'csv') return csvLine(['file', 'label', 'confidence', ...classNames, 'answer', 'error']);
  return `${'label'.padEnd(labelWidth(classNames))}  probability  file\n`;
}

/** The line of one answer, `\n` at its end. Table columns are as wide as the model's class names, so they align. */
export function formatLine(format: LineFormat, answer: PhotoPrediction, classNames: readonly string[]): string {
  const record = toPredictionRecord(answer);
  if (format === 'json') return `${JSON.stringify(record)}\n`;
  if ('error' in record) {
    const { code, message, hint } = record.error;
    if (format === 'csv')
      return csvLine([record.file, '', '', ...classNames.map(() => ''), '', `${code}: ${oneLine(message)}`]);
    const advice = hint === undefined ? '' : ` (${oneLine(hint)})`;
    return `${'error'.padEnd(labelWidth(classNames))}  ${'-'.padStart(11)}  ${oneLine(record.file)}: ${oneLine(message)}${advice}\n`;
  }
  const { file, label, confidence, answer: stated, probabilities } = record;
  if (format === 'csv')
    return csvLine([file, label, confidence, ...classNames.map((name) => probabilities[name] ?? 0), stated, '']);
  // The likelier class stands behind the answer that it is not sure enough for.
  const remark =
    stated === label ? '' : stated === 'unsure' ? `  (rather ${label})` : `  (not ${classNames.join(' or ')}?)`;
  return `${stated.padEnd(labelWidth(classNames))}  ${formatPercent(confidence).padStart(11)}  ${oneLine(file)}${remark}\n`;
}

function labelWidth(classNames: readonly string[]): number {
  return Math.max('neither'.length, ...classNames.map((name) => name.length));
}
