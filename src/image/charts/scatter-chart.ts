// Points over a number axis, without lines: how one number goes with another.
import { chartDocument, chartPaddingPx, type ChartHeading } from './document.ts';
import { closeAxis, type ChartPoint, type FreeAxis } from './line-chart.ts';
import { seriesStyle } from './palette.ts';
import { createPlotArea, drawMarker } from './plot-area.ts';

export interface ScatterChartOptions extends ChartHeading {
  readonly x: FreeAxis;
  readonly y: FreeAxis;
  /** Those that are not finite are left out. */
  readonly points: readonly ChartPoint[];
  readonly widthPx?: number;
  readonly heightPx?: number;
}

/** A scatter plot as an SVG document. */
export function scatterChart(options: ScatterChartOptions): string {
  const { widthPx = 640, heightPx = 380 } = options;
  const points = options.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const plot = createPlotArea(
    { left: chartPaddingPx - 10, top: 0, width: widthPx - 2 * chartPaddingPx + 14, height: heightPx },
    {
      x: closeAxis(
        options.x,
        points.map(({ x }) => x),
      ),
      y: closeAxis(
        options.y,
        points.map(({ y }) => y),
      ),
    },
  );
  const shown = points.map(({ x, y }) => `(${x}, ${y})`).join(', ');
  return chartDocument({
    ...options,
    widthPx,
    contentHeightPx: heightPx,
    description: `${options.y.label} over ${options.x.label}: ${shown === '' ? 'no points' : shown}.`,
    content:
      plot.frame +
      points.map(({ x, y }) => drawMarker(seriesStyle(0), plot.x.position(x), plot.y.position(y))).join(''),
  });
}
