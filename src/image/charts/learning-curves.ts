// Learning curves: loss, accuracy and learning rate over the epochs, the best epoch marked.
import { chartDocument, chartPaddingPx } from './document.ts';
import { drawLinePlot, type LineSeries, type ReferenceLine } from './line-chart.ts';
import { roundBounds } from './scale.ts';

/** One epoch's numbers; null or not finite: not measured, a gap in its line. */
export interface LearningCurvePoint {
  readonly epoch: number;
  readonly trainLoss: number | null;
  readonly validationLoss: number | null;
  readonly trainAccuracy: number | null;
  readonly validationAccuracy: number | null;
  readonly learningRate: number | null;
}

export interface LearningCurvesOptions {
  readonly title?: string;
  readonly subtitle?: string;
  readonly epochs: readonly LearningCurvePoint[];
  /** The epoch whose weights were kept. */
  readonly bestEpoch?: number;
}

type Measure = Exclude<keyof LearningCurvePoint, 'epoch'>;

/** Loss and accuracy side by side, the learning rate below, as an SVG document. */
export function learningCurves(options: LearningCurvesOptions): string {
  const { title = 'Learning curves', epochs, bestEpoch } = options;
  const series = (name: string, measure: Measure): LineSeries => ({
    name,
    points: epochs.map((row) => ({ x: row.epoch, y: row[measure] ?? NaN })),
  });
  const first = epochs[0]?.epoch ?? 1;
  const last = epochs.at(-1)?.epoch ?? first;
  // A single epoch stands in the middle of an axis that has no room for a second.
  const ends = last > first ? { low: first, high: last } : { low: first - 0.5, high: first + 0.5 };
  const x = { label: 'epoch', ...ends, whole: true, tickCount: 8 };
  const shown = (lines: readonly LineSeries[]): LineSeries[] =>
    lines.filter(({ points }) => points.some(({ y }) => Number.isFinite(y)));
  const bestLine = (low: number, high: number, label: string): ReferenceLine[] =>
    bestEpoch === undefined
      ? []
      : [{ label, from: { x: bestEpoch, y: low }, to: { x: bestEpoch, y: high }, labelAt: 0.05 }];
  const loss = shown([series('training', 'trainLoss'), series('validation', 'validationLoss')]);
  const accuracy = shown([series('training', 'trainAccuracy'), series('validation', 'validationAccuracy')]);
  const rate = shown([series('learning rate', 'learningRate')]);
  const [lossLow, lossHigh] = bounds(loss);
  const [accuracyLow] = bounds(accuracy);
  const [widthPx, plotPx, ratePx] = [900, 330, 170];
  const half = (widthPx - 2 * chartPaddingPx) / 2 + 6;
  const left = chartPaddingPx - 12;
  const content =
    drawLinePlot(
      { left, top: 0, width: half, height: plotPx },
      {
        x,
        y: { label: 'loss (cross-entropy, nats)', low: lossLow, high: lossHigh },
        series: loss,
        references: bestLine(lossLow, lossHigh, `best: epoch ${bestEpoch ?? ''}`),
      },
    ) +
    drawLinePlot(
      { left: left + half, top: 0, width: half, height: plotPx },
      {
        x,
        y: { label: 'accuracy', low: accuracyLow, high: 1, percent: true },
        series: accuracy,
        references: bestLine(accuracyLow, 1, `best: epoch ${bestEpoch ?? ''}`),
      },
    ) +
    (rate.length === 0
      ? ''
      : drawLinePlot(
          { left, top: plotPx + 8, width: widthPx - 2 * chartPaddingPx + 12, height: ratePx },
          { x: { ...x, tickCount: 16 }, y: { label: 'learning rate', low: 0, tickCount: 3 }, series: rate },
        ));
  return chartDocument({
    title,
    ...(options.subtitle === undefined ? {} : { subtitle: options.subtitle }),
    widthPx,
    contentHeightPx: plotPx + (rate.length === 0 ? 4 : ratePx + 12),
    description: describe(epochs, bestEpoch),
    content,
  });
}

function bounds(series: readonly LineSeries[]): [number, number] {
  return roundBounds(series.flatMap(({ points }) => points.map(({ y }) => y)));
}

function describe(epochs: readonly LearningCurvePoint[], bestEpoch: number | undefined): string {
  const last = epochs.at(-1);
  if (last === undefined) return 'No epoch was finished.';
  const best = bestEpoch === undefined ? '' : ` The best epoch was ${bestEpoch}.`;
  return `${epochs.length} epochs. Last: training loss ${last.trainLoss ?? 'none'}, validation loss ${last.validationLoss ?? 'none'}, training accuracy ${last.trainAccuracy ?? 'none'}, validation accuracy ${last.validationAccuracy ?? 'none'}.${best}`;
}
