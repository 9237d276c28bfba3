// Lines over a number axis: the base of learning curves, ROC and reliability.
import { chartDocument, chartPaddingPx, type ChartHeading } from './document.ts';
import { mutedInk, seriesStyle, type SeriesStyle } from './palette.ts';
import {
  createPlotArea,
  drawLegend,
  drawMarker,
  type Axis,
  type LegendEntry,
  type PlotArea,
  type Rectangle,
} from './plot-area.ts';
import { roundBounds } from './scale.ts';
import { element, formatCoordinate } from './svg.ts';
import { drawText } from './text.ts';

export interface ChartPoint {
  readonly x: number;
  /** Not finite: a gap in the line. */
  readonly y: number;
}

export interface LineSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
  /** A marker on each point; always drawn where a point stands alone. Default: up to 30 points. */
  readonly markers?: boolean;
}

/** An axis whose ends may be left to the data. */
export interface FreeAxis extends Omit<Axis, 'low' | 'high'> {
  readonly low?: number;
  readonly high?: number;
}

/** A thin line across the plot that data are compared with: a target, chance, the best epoch. */
export interface ReferenceLine {
  readonly label: string;
  readonly from: ChartPoint;
  readonly to: ChartPoint;
  /** Where the words stand along the line, 0 to 1. Default 0.5. */
  readonly labelAt?: number;
}

export interface LinePlot {
  readonly x: FreeAxis;
  readonly y: FreeAxis;
  readonly series: readonly LineSeries[];
  readonly references?: readonly ReferenceLine[];
}

export interface LineChartOptions extends ChartHeading, LinePlot {
  readonly widthPx?: number;
  readonly heightPx?: number;
}

/** An axis with its ends: given, or round numbers around the data. */
export function closeAxis(axis: FreeAxis, values: Iterable<number>): Axis {
  const finite = [...values].filter((value) => axis.logarithmic !== true || value > 0);
  const [low, high] = axis.logarithmic === true ? decadeBounds(finite) : roundBounds(finite);
  return { ...axis, low: axis.low ?? low, high: axis.high ?? high };
}

function decadeBounds(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0.1, 1];
  const low = 10 ** Math.floor(Math.log10(Math.min(...finite)) + 1e-9);
  return [low, Math.max(low * 10, 10 ** Math.ceil(Math.log10(Math.max(...finite)) - 1e-9))];
}

/** Path data through `points`, broken where one is not finite. */
export function linePath(plot: Pick<PlotArea, 'x' | 'y'>, points: readonly ChartPoint[]): string {
  const pieces: ChartPoint[][] = [[]];
  for (const point of points) {
    const place = { x: plot.x.position(point.x), y: plot.y.position(point.y) };
    if (Number.isFinite(place.x) && Number.isFinite(place.y)) pieces.at(-1)?.push(place);
    else pieces.push([]);
  }
  const toText = ({ x, y }: ChartPoint): string => `${formatCoordinate(x)} ${formatCoordinate(y)}`;
  return pieces
    .filter((piece) => piece.length > 0)
    .map((piece) => `M${dropFlatPoints(piece).map(toText).join('L')}`)
    .join('');
}

/** Without the points that lie within a tenth of a pixel of the line between those kept: a curve of 10,000 photos stays small. */
function dropFlatPoints(points: readonly ChartPoint[]): ChartPoint[] {
  const kept: ChartPoint[] = [];
  let skipped: ChartPoint[] = [];
  for (const point of points) {
    const anchor = kept.at(-1);
    const previous = skipped.at(-1);
    if (anchor === undefined) {
      kept.push(point);
      continue;
    }
    // Each is compared with every one skipped, or small bends would add up; 100 bound the work.
    if (previous !== undefined && (skipped.length > 100 || skipped.some((p) => distanceTo(p, anchor, point) > 0.1))) {
      kept.push(previous);
      skipped = [];
    }
    skipped.push(point);
  }
  const last = skipped.at(-1);
  return last === undefined ? kept : [...kept, last];
}

/** Distance of `p` from the stretch between `a` and `b`. */
function distanceTo(p: ChartPoint, a: ChartPoint, b: ChartPoint): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length));
  return Math.hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
}

/** Markers of a series: on every point, or only on those with no finite neighbour, which no line shows. */
function drawMarkers(plot: PlotArea, series: LineSeries, style: SeriesStyle): string {
  const finite = series.points.map(({ y }) => Number.isFinite(y));
  const all = series.markers ?? series.points.length <= 30;
  return series.points
    .filter((_, i) => finite[i] === true && (all || (finite[i - 1] !== true && finite[i + 1] !== true)))
    .map(({ x, y }) => drawMarker(style, plot.x.position(x), plot.y.position(y)))
    .join('');
}

function drawReference(plot: PlotArea, { label, from, to, labelAt = 0.5 }: ReferenceLine): string {
  const [x1, x2] = [plot.x.position(from.x), plot.x.position(to.x)];
  const [y1, y2] = [plot.y.position(from.y), plot.y.position(to.y)];
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  const [dx, dy] = [Math.sin((angle * Math.PI) / 180), -Math.cos((angle * Math.PI) / 180)];
  return (
    element('path', {
      d: `M${formatCoordinate(x1)} ${formatCoordinate(y1)}L${formatCoordinate(x2)} ${formatCoordinate(y2)}`,
      stroke: mutedInk,
      'stroke-width': 1.3,
      'stroke-dasharray': '5 4',
    }) +
    drawText(label, {
      x: x1 + (x2 - x1) * labelAt + dx * 6,
      y: y1 + (y2 - y1) * labelAt + dy * 6,
      sizePx: 12,
      anchor: labelAt < 0.25 ? 'start' : labelAt > 0.75 ? 'end' : 'middle',
      rotate: angle,
      fill: mutedInk,
      halo: '#ffffff',
    })
  );
}

/** Axes, lines and legend inside `outer`; charts with several plots put these side by side. */
export function drawLinePlot(outer: Rectangle, plot: LinePlot): string {
  const entries = plot.series.map(({ name }, i): LegendEntry => ({ name, style: seriesStyle(i), form: 'line' }));
  const legend = drawLegend(entries.length > 1 ? entries : [], {
    left: outer.left + 50,
    top: outer.top,
    width: outer.width - 60,
  });
  const points = plot.series.flatMap((series) => series.points);
  const area = createPlotArea(
    { ...outer, top: outer.top + legend.heightPx, height: outer.height - legend.heightPx },
    {
      x: closeAxis(
        plot.x,
        points.map(({ x }) => x),
      ),
      y: closeAxis(
        plot.y,
        points.map(({ y }) => y),
      ),
    },
  );
  const lines = plot.series.map((series, i) => {
    const style = seriesStyle(i);
    const line = element('path', {
      d: linePath(area, series.points),
      fill: 'none',
      stroke: style.colour,
      'stroke-width': 2.5,
      'stroke-linejoin': 'round',
      'stroke-linecap': style.dash === undefined ? 'round' : undefined,
      'stroke-dasharray': style.dash,
    });
    return line + drawMarkers(area, series, style);
  });
  const references = (plot.references ?? []).map((reference) => drawReference(area, reference));
  return legend.markup + area.frame + references.join('') + lines.join('');
}

/** A line chart as an SVG document. Points that are not finite are gaps. */
export function lineChart(options: LineChartOptions): string {
  const { widthPx = 640, heightPx = 400, series, x, y } = options;
  return chartDocument({
    ...options,
    widthPx,
    contentHeightPx: heightPx,
    description: `${y.label} over ${x.label}: ${series.map(describeSeries).join('; ')}.`,
    content: drawLinePlot(
      { left: chartPaddingPx - 10, top: 0, width: widthPx - 2 * chartPaddingPx + 14, height: heightPx },
      options,
    ),
  });
}

function describeSeries({ name, points }: LineSeries): string {
  const last = points.at(-1);
  return last === undefined ? `${name}, no points` : `${name}, ${points.length} points, last ${last.y}`;
}
