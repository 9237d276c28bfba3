// How numbers spread: counts in equal bins, several groups laid over one another.
import { chartDocument, chartPaddingPx, type ChartHeading } from './document.ts';
import { closeAxis, type FreeAxis } from './line-chart.ts';
import { seriesStyle } from './palette.ts';
import { createPlotArea, drawLegend, type PlotArea } from './plot-area.ts';
import { roundBounds } from './scale.ts';
import { element, formatCoordinate } from './svg.ts';

export interface HistogramSeries {
  readonly name: string;
  /** Values that are not finite are left out; those beyond the axis count in its end bins. */
  readonly values: ArrayLike<number>;
}

export interface HistogramOptions extends ChartHeading {
  /** The quantity and its unit. */
  readonly x: FreeAxis;
  readonly series: readonly HistogramSeries[];
  /** 20 unless told. */
  readonly binCount?: number;
  /** What is counted: photos unless told. */
  readonly countLabel?: string;
  readonly widthPx?: number;
  readonly heightPx?: number;
}

/** Counts of `values` in `binCount` equal bins between the bounds. */
export function countBins(values: ArrayLike<number>, bounds: readonly [number, number], binCount: number): number[] {
  const [low, high] = bounds;
  const counts = new Array<number>(binCount).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(binCount - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * binCount)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function stepPath(plot: PlotArea, counts: readonly number[]): string {
  const binPx = plot.area.width / counts.length;
  let path = `M${formatCoordinate(plot.area.left)} ${formatCoordinate(plot.y.position(0))}`;
  for (const count of counts) path += `V${formatCoordinate(plot.y.position(count))}h${formatCoordinate(binPx)}`;
  return `${path}V${formatCoordinate(plot.y.position(0))}`;
}

/** A histogram as an SVG document. */
export function histogram(options: HistogramOptions): string {
  const { widthPx = 640, heightPx = 360, binCount = 20, series, countLabel = 'photos' } = options;
  const bounds = roundBounds(
    (function* () {
      for (const { values } of series) yield* Array.from(values);
    })(),
  );
  const xAxis = closeAxis({ low: bounds[0], high: bounds[1], ...options.x }, bounds);
  const counts = series.map(({ values }) => countBins(values, [xAxis.low, xAxis.high], binCount));
  const inner = widthPx - 2 * chartPaddingPx + 14;
  const legend = drawLegend(
    series.length > 1 ? series.map(({ name }, i) => ({ name, style: seriesStyle(i), form: 'line' })) : [],
    { left: chartPaddingPx + 40, top: 0, width: inner - 60 },
  );
  const [, top] = roundBounds(counts.flat(), { fromZero: true });
  const plot = createPlotArea(
    { left: chartPaddingPx - 10, top: legend.heightPx, width: inner, height: heightPx - legend.heightPx },
    { x: xAxis, y: { label: countLabel, low: 0, high: Math.max(1, top), whole: true } },
  );
  const shapes = counts.map((bins, i) => {
    const { colour, dash } = seriesStyle(i);
    return element('path', {
      d: stepPath(plot, bins),
      fill: colour,
      'fill-opacity': 0.22,
      stroke: colour,
      'stroke-width': 2,
      'stroke-dasharray': dash,
    });
  });
  return chartDocument({
    ...options,
    widthPx,
    contentHeightPx: heightPx,
    description: series.map(({ name }, i) => `${name}: ${counts[i]?.join(', ') ?? ''}`).join('; '),
    content: legend.markup + plot.frame + shapes.join(''),
  });
}
