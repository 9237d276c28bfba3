// An evaluation in words for a terminal, as the object that --json prints, and as CSV.
import { csvLine, errorSummary } from './prediction-lines.ts';
import type { AbstentionScores } from './abstention-scores.ts';
import type { Evaluation } from './evaluate.ts';
import { statedAnswer } from './predictor.ts';

/** What `pawprint evaluate --json` prints and evaluation.json holds. */
export function toEvaluationJson(evaluation: Evaluation): Record<string, unknown> {
  const { scores, skipped, warnings, classNames, dataset, model } = evaluation;
  return {
    schemaVersion: 1,
    ...scores,
    classNames,
    calibration: { temperature: evaluation.temperature, eceBefore: evaluation.eceBefore, eceAfter: scores.ece },
    abstention: evaluation.abstention,
    skipped: skipped.map(({ name, error }) => ({ file: name, error: errorSummary(error) })),
    warnings,
    model,
    dataset,
  };
}

/** Every photo's prediction: file,label,predicted,correct,confidence, one probability a class, answer, error. */
export function* predictionsCsv({ photos, skipped, classNames }: Evaluation): Generator<string> {
  yield csvLine(['file', 'label', 'predicted', 'correct', 'confidence', ...classNames, 'answer', 'error']);
  for (const { name, label, prediction } of photos) {
    const probabilities = classNames.map((each) => prediction.probabilities[each] ?? 0);
    const correct = prediction.labelIndex === label ? 1 : 0;
    const own = [name, classNames[label] ?? '', prediction.label, correct, prediction.confidence];
    yield csvLine([...own, ...probabilities, statedAnswer(prediction), '']);
  }
  for (const { name, label, error } of skipped)
    yield csvLine([name, classNames[label] ?? '', '', '', '', ...classNames.map(() => ''), '', error.code]);
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** Rows of cells as columns, the first to the left and the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

/** The evaluation as lines for a person. */
export function describeEvaluation(
  evaluation: Evaluation,
  outcome: {
    readonly gate: { readonly minAccuracy: number; readonly met: boolean } | null;
    readonly report: string | null;
  },
): string {
  const { scores, skipped, warnings, classNames, dataset } = evaluation;
  const { low, high } = scores.accuracyInterval95;
  const auc = scores.rocAuc === null ? 'not defined (one class only)' : scores.rocAuc.toFixed(4);
  const aucRange = scores.rocAucInterval95;
  const summary = [
    [
      'accuracy',
      `${percent(scores.accuracy)}  (${scores.correct} of ${scores.total}; 95 %: ${percent(low)} to ${percent(high)})`,
    ],
    ['F1 (macro)', scores.f1.toFixed(4)],
    ['ROC AUC', auc + (aucRange === null ? '' : `  (95 %: ${aucRange.low.toFixed(4)} to ${aucRange.high.toFixed(4)})`)],
    ['log loss', scores.logLoss.toFixed(4)],
    ['Brier score', scores.brier.toFixed(4)],
    [
      'calibration error',
      `${scores.ece.toFixed(4)}  (${evaluation.eceBefore.toFixed(4)} before the temperature of ${evaluation.temperature.toFixed(2)})`,
    ],
    ...describeAbstention(evaluation.abstention),
  ].map(([name = '', value = '']) => `${name.padEnd(19)}${value}`);
  const perClass = alignColumns([
    ['class', 'precision', 'recall', 'F1', 'photos', ...classNames.map((name) => `taken for ${name}`)],
    ...classNames.map((name, label) => {
      const own = scores.perClass[name];
      const taken = scores.confusionMatrix[label] ?? [];
      return [
        name,
        ...[own?.precision, own?.recall, own?.f1].map((score) => (score ?? 0).toFixed(4)),
        String(own?.support ?? 0),
        ...taken.map(String),
      ];
    }),
  ]);
  const lines = [
    `${dataset.path}${dataset.split === null ? '' : `, ${dataset.split} split`} (data set ${dataset.md5})`,
    ...summary,
    '',
    ...perClass,
  ];
  if (warnings.length > 0) lines.push('', ...warnings.map((warning) => `warning: ${warning}`));
  for (const { name, error } of skipped.slice(0, 10)) lines.push(`  ${name}: ${error.message}`);
  if (skipped.length > 10) lines.push(`  … and ${skipped.length - 10} more`);
  if (outcome.report !== null)
    lines.push('', `Charts, predictions and the page of mistakes: ${outcome.report}/index.html`);
  if (outcome.gate !== null) lines.push('', describeGate(outcome.gate, scores.accuracy));
  return lines.join('\n');
}

/** What the model did not answer, and how right it was on the rest; nothing where it answered everything. */
function describeAbstention({
  answered,
  unsure,
  neither,
  accuracy,
  accuracyInterval95: range,
}: AbstentionScores): string[][] {
  if (unsure + neither === 0) return [];
  const interval = range === null ? '' : `; 95 %: ${percent(range.low)} to ${percent(range.high)}`;
  const right = accuracy === null ? 'nothing answered' : `${percent(accuracy)} of ${answered} answers right${interval}`;
  return [['abstention', `${right}  (${unsure} unsure, ${neither} neither)`]];
}

/** One line that says whether the accuracy gate is met. */
export function describeGate(gate: { readonly minAccuracy: number; readonly met: boolean }, accuracy: number): string {
  const compared = `accuracy ${percent(accuracy)} ${gate.met ? 'is not below' : 'is below'} ${percent(gate.minAccuracy)}`;
  return gate.met ? `Gate met: ${compared}` : `GATE_NOT_MET: ${compared}`;
}
