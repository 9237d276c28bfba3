// The charts of an evaluation, as SVG documents under the names of their files.
import {
  classScoresForRoc,
  probabilitiesFromLogits,
  rocAuc,
  rocCurve,
  sigmoid,
  type RocPoint,
} from '../evaluation/index.ts';
import {
  confusionMatrixChart,
  coverageChart,
  learningCurves,
  reliabilityChart,
  rocChart,
  type RocChartSeries,
} from '../image/index.ts';
import type { Evaluation } from './evaluate.ts';
import type { HistoryRow } from './training-history.ts';

export interface EvaluationChart {
  /** Of the PNG, without a folder. */
  readonly fileName: string;
  readonly svg: string;
  /** What it shows, in words. */
  readonly alternative: string;
  readonly caption: string;
}

/** confusion_matrix.png, roc.png (where it is defined), reliability.png, coverage.png, learning_curves.png (with a history). */
export function evaluationCharts(evaluation: Evaluation, history: readonly HistoryRow[] | null): EvaluationChart[] {
  const { scores, classNames, dataset, model } = evaluation;
  const subtitle = `${model.name}, ${scores.total} photos${dataset.split === null ? '' : ` of the ${dataset.split} split`}`;
  const charts: EvaluationChart[] = [
    {
      fileName: 'confusion_matrix.png',
      svg: confusionMatrixChart({ subtitle, classNames, matrix: scores.confusionMatrix }),
      alternative: `Confusion matrix, ${scores.correct} of ${scores.total} photos on its diagonal`,
      caption: 'How many photos of each class were taken for each class.',
    },
  ];
  const series = rocSeries(evaluation);
  if (series.length > 0)
    charts.push({
      fileName: 'roc.png',
      svg: rocChart({ subtitle, series, ...(classNames.length === 2 ? { threshold: 0.5 } : {}) }),
      alternative: `ROC curve, area ${scores.rocAuc?.toFixed(3) ?? 'not defined'}`,
      caption: 'What each stricter or laxer threshold would find, and take wrongly.',
    });
  charts.push({
    fileName: 'reliability.png',
    svg: reliabilityChart({ subtitle, bins: scores.reliability, expectedCalibrationError: scores.ece }),
    alternative: `Reliability diagram, expected calibration error ${scores.ece.toFixed(3)}`,
    caption: 'How often the model is right when it says it is so sure.',
  });
  const { curve, coverage, answered } = evaluation.abstention;
  charts.push({
    fileName: 'coverage.png',
    svg: coverageChart({ subtitle, points: curve, ...(answered < scores.total ? { chosenCoverage: coverage } : {}) }),
    alternative: `Risk and coverage, ${answered} of ${scores.total} photos answered`,
    caption: 'How often the model is wrong when it answers only what it is surest of.',
  });
  if (history !== null)
    charts.push({
      fileName: 'learning_curves.png',
      svg: learningCurves({
        subtitle: model.name,
        epochs: history,
        // The last epoch needs no mark, and was not chosen for being the best.
        ...(model.keptEpoch === null || model.keptEpoch === history.at(-1)?.epoch
          ? {}
          : { bestEpoch: model.keptEpoch }),
      }),
      alternative: `Learning curves over ${history.length} epochs`,
      caption: 'Loss and accuracy after each epoch of training.',
    });
  return charts;
}

/** More curves than these hide each other: then the classes that are told apart worst. */
const maxCurves = 8;

/** Two classes: the curve of classNames[1], by probability. More: each class against the rest. */
function rocSeries({ photos, classNames, temperature }: Evaluation): RocChartSeries[] {
  const labels = photos.map((photo) => photo.label);
  const logits = {
    values: photos.flatMap((photo) => photo.prediction.logits),
    width: photos[0]?.prediction.logits.length ?? 1,
  };
  const probabilities = probabilitiesFromLogits(logits, classNames.length, temperature);
  const candidates = classNames.length === 2 ? [1] : [...classNames.keys()];
  const series = candidates.flatMap((label): RocChartSeries[] => {
    const { positive, scores } = classScoresForRoc({ labels, logits, classNames, probabilities }, label);
    const [points, area] = [rocCurve(positive, scores), rocAuc(positive, scores)];
    if (points === null || area === null) return [];
    const asProbability = (threshold: number): number =>
      logits.width === 1 ? sigmoid(threshold / temperature) : threshold;
    const drawn = thinOut(points).map((point) => ({ ...point, threshold: asProbability(point.threshold) }));
    return [{ name: classNames[label] ?? '', points: drawn, ...area }];
  });
  return series.sort((a, b) => a.auc - b.auc).slice(0, maxCurves);
}

/** Leaves out points that no eye could tell from the one before: a thousand at most along each axis. */
export function thinOut(points: readonly RocPoint[]): RocPoint[] {
  const kept: RocPoint[] = [];
  for (const [i, point] of points.entries()) {
    const last = kept.at(-1);
    const moved =
      last === undefined ||
      point.falsePositiveRate - last.falsePositiveRate >= 0.001 ||
      point.truePositiveRate - last.truePositiveRate >= 0.001;
    if (moved || i === points.length - 1) kept.push(point);
  }
  return kept;
}
