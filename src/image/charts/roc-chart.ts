// The ROC curve: what share of the class is found against what share of the rest is taken for it.
import { linePath } from './line-chart.ts';
import { chartDocument, chartPaddingPx } from './document.ts';
import { mutedInk, seriesStyle, surface } from './palette.ts';
import { createPlotArea, drawLegend, type PlotArea } from './plot-area.ts';
import { element, formatCoordinate } from './svg.ts';
import { drawText } from './text.ts';

export interface RocChartSeries {
  /** The class whose finding is measured, or the model's name. */
  readonly name: string;
  /** From (0, 0) to (1, 1), rates rising. */
  readonly points: readonly {
    readonly threshold: number;
    readonly falsePositiveRate: number;
    readonly truePositiveRate: number;
  }[];
  readonly auc: number;
  /** 95 % interval of the area. */
  readonly interval95?: { readonly low: number; readonly high: number };
}

export interface RocChartOptions {
  readonly title?: string;
  readonly subtitle?: string;
  readonly series: readonly RocChartSeries[];
  /** Marks where the first series stands at this threshold, usually 0.5. */
  readonly threshold?: number;
}

function describeArea({ name, auc, interval95 }: RocChartSeries): string {
  const interval =
    interval95 === undefined ? '' : ` (95 %: ${interval95.low.toFixed(3)}–${interval95.high.toFixed(3)})`;
  return `${name}: AUC ${auc.toFixed(3)}${interval}`;
}

function drawChance({ x, y }: PlotArea): string {
  const [x0, y0, x1, y1] = [x.position(0), y.position(0), x.position(1), y.position(1)];
  return (
    element('path', {
      d: `M${formatCoordinate(x0)} ${formatCoordinate(y0)}L${formatCoordinate(x1)} ${formatCoordinate(y1)}`,
      stroke: mutedInk,
      'stroke-dasharray': '5 4',
    }) +
    drawText('guessing', {
      x: (x0 + x1) / 2 + 4,
      y: (y0 + y1) / 2 + 16,
      sizePx: 12,
      anchor: 'middle',
      rotate: (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI,
      fill: mutedInk,
      halo: surface,
    })
  );
}

function drawCurve(
  plot: PlotArea,
  series: RocChartSeries,
  look: { readonly index: number; readonly filled: boolean },
): string {
  const { colour, dash } = seriesStyle(look.index);
  const points = series.points.map((point) => ({ x: point.falsePositiveRate, y: point.truePositiveRate }));
  const path = linePath(plot, points);
  const area = `${path}V${formatCoordinate(plot.y.position(0))}H${formatCoordinate(plot.x.position(0))}Z`;
  return (
    (look.filled && path !== '' ? element('path', { d: area, fill: colour, 'fill-opacity': 0.1 }) : '') +
    element('path', {
      d: path,
      fill: 'none',
      stroke: colour,
      'stroke-width': 2.5,
      'stroke-linejoin': 'round',
      'stroke-dasharray': dash,
    })
  );
}

/** Where the first curve stands at `threshold`: the last point that takes only scores ≥ threshold. */
function drawThreshold(plot: PlotArea, series: RocChartSeries | undefined, threshold: number): string {
  const point = series?.points.findLast((candidate) => candidate.threshold >= threshold);
  if (point === undefined) return '';
  const [x, y] = [plot.x.position(point.falsePositiveRate), plot.y.position(point.truePositiveRate)];
  return (
    element('circle', { cx: x, cy: y, r: 5, fill: surface, stroke: seriesStyle(0).colour, 'stroke-width': 2.5 }) +
    drawText(`threshold ${threshold}`, { x: x + 11, y: y + 14, sizePx: 12, halo: surface })
  );
}

/** The ROC chart as an SVG document, with the area under each curve in the legend. */
export function rocChart(options: RocChartOptions): string {
  const { title = 'ROC curve', subtitle, series, threshold } = options;
  const [widthPx, plotPx] = [520, 470];
  const inner = widthPx - 2 * chartPaddingPx + 14;
  const legend = drawLegend(
    series.map((one, i) => ({ name: describeArea(one), style: seriesStyle(i), form: 'line' })),
    { left: chartPaddingPx, top: 0, width: inner - 20 },
  );
  const rates = { low: 0, high: 1, percent: true };
  const plot = createPlotArea(
    { left: chartPaddingPx - 10, top: legend.heightPx, width: inner, height: plotPx },
    {
      x: { ...rates, label: 'false positive rate (share of the other photos taken for it)' },
      y: { ...rates, label: 'true positive rate (share of its photos found)' },
    },
  );
  const curves = series.map((one, index) => drawCurve(plot, one, { index, filled: series.length === 1 }));
  return chartDocument({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    widthPx,
    contentHeightPx: legend.heightPx + plotPx + 4,
    description: `ROC curve, true positive rate over false positive rate. ${series.map(describeArea).join('; ')}.`,
    content:
      legend.markup +
      plot.frame +
      drawChance(plot) +
      curves.join('') +
      (threshold === undefined ? '' : drawThreshold(plot, series[0], threshold)),
  });
}
