// The reliability diagram: does "90 % sure" come true nine times in ten? Bars against the diagonal, photos a bin below.
import { chartDocument, chartPaddingPx } from './document.ts';
import { mutedInk, seriesStyle } from './palette.ts';
import { createPlotArea, drawLegend, type PlotArea } from './plot-area.ts';
import { roundBounds } from './scale.ts';
import { element, formatCoordinate } from './svg.ts';
import { drawText, measureText } from './text.ts';

export interface ReliabilityChartBin {
  /** The bin's probabilities, in [0, 1]. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly meanProbability: number;
  /** Share that came true. */
  readonly observed: number;
}

export interface ReliabilityChartOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Bins that hold photos. */
  readonly bins: readonly ReliabilityChartBin[];
  readonly expectedCalibrationError: number;
  /** What the probability is of; "the predicted class" unless told. */
  readonly probabilityOf?: string;
}

const accent = seriesStyle(0).colour;
const gap = seriesStyle(1).colour;

function drawBin(plot: PlotArea, bin: ReliabilityChartBin): string {
  const [left, right] = [plot.x.position(bin.low) + 1, plot.x.position(bin.high) - 1];
  const [observed, ideal] = [plot.y.position(bin.observed), plot.y.position(bin.meanProbability)];
  const width = Math.max(1.5, right - left);
  return (
    element('rect', {
      x: left,
      y: observed,
      width,
      height: plot.y.position(0) - observed,
      fill: accent,
      'fill-opacity': 0.85,
    }) +
    // The gap between what was said and what came true is what the calibration error adds up.
    element('rect', {
      x: left,
      y: Math.min(observed, ideal),
      width,
      height: Math.abs(observed - ideal),
      fill: '#f6c8a8',
      stroke: gap,
      'stroke-width': 1.2,
      'stroke-dasharray': '3 2',
    })
  );
}

function drawCounts(plot: PlotArea, bins: readonly ReliabilityChartBin[]): string {
  return bins
    .map((bin) => {
      const [left, right] = [plot.x.position(bin.low) + 1, plot.x.position(bin.high) - 1];
      const top = plot.y.position(bin.count);
      const label = String(bin.count);
      const room = measureText(label, 10.5) <= right - left + 4;
      return (
        element('rect', {
          x: left,
          y: top,
          width: Math.max(1.5, right - left),
          height: plot.y.position(0) - top,
          fill: '#7a8794',
        }) +
        (room
          ? drawText(label, { x: (left + right) / 2, y: top - 4, sizePx: 10.5, anchor: 'middle', fill: mutedInk })
          : '')
      );
    })
    .join('');
}

function drawIdeal({ x, y }: PlotArea): string {
  const at = (rate: number): string => `${formatCoordinate(x.position(rate))} ${formatCoordinate(y.position(rate))}`;
  return element('path', {
    d: `M${at(0)}L${at(1)}`,
    stroke: mutedInk,
    'stroke-width': 1.5,
    'stroke-dasharray': '5 4',
  });
}

function drawError(plot: PlotArea, error: number, bins: readonly ReliabilityChartBin[]): string {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const { left, top } = plot.area;
  const text = `expected calibration error, ${total} photos in ${bins.length} bins`;
  return (
    drawText(`ECE ${(error * 100).toFixed(1)} %`, {
      x: left + 14,
      y: top + 26,
      sizePx: 16,
      bold: true,
    }) + drawText(text, { x: left + 14, y: top + 44, sizePx: 11.5, fill: mutedInk })
  );
}

/** The two plots, the bins of one above those of the other. */
function layOut(
  bins: readonly ReliabilityChartBin[],
  probabilityOf: string,
  at: { readonly top: number; readonly widthPx: number },
): { readonly rates: PlotArea; readonly counts: PlotArea; readonly heightPx: number } {
  const [ratesPx, overlapPx, countsPx] = [400, 12, 170];
  const outer = { left: chartPaddingPx - 10, width: at.widthPx };
  const yTickRoomPx = 40;
  const axis = { low: 0, high: 1, percent: true };
  const [, most] = roundBounds(
    bins.map(({ count }) => count),
    { fromZero: true },
  );
  const countAxis = { label: 'photos', low: 0, high: Math.max(1, most) * 1.15, whole: true, tickCount: 3 };
  return {
    rates: createPlotArea(
      { ...outer, top: at.top, height: ratesPx },
      { x: { ...axis, label: '' }, y: { ...axis, label: 'share that came true' }, yTickRoomPx },
    ),
    counts: createPlotArea(
      { ...outer, top: at.top + ratesPx - overlapPx, height: countsPx },
      { x: { ...axis, label: `probability given to ${probabilityOf}` }, y: countAxis, yTickRoomPx },
    ),
    heightPx: ratesPx - overlapPx + countsPx + 2,
  };
}

/** The reliability diagram as an SVG document, with the expected calibration error and the count of each bin. */
export function reliabilityChart(options: ReliabilityChartOptions): string {
  const { title = 'Reliability diagram', subtitle, bins, probabilityOf = 'the predicted class' } = options;
  const error = options.expectedCalibrationError;
  const widthPx = 520;
  const inner = widthPx - 2 * chartPaddingPx + 14;
  const legend = drawLegend(
    [
      { name: 'came true', style: seriesStyle(0), form: 'block' },
      { name: 'gap to what was said', style: seriesStyle(1), form: 'block' },
    ],
    { left: chartPaddingPx + 30, top: 0, width: inner - 40 },
  );
  const { rates, counts, heightPx } = layOut(bins, probabilityOf, { top: legend.heightPx, widthPx: inner });
  const described = bins.map((bin) => `${bin.low}–${bin.high}: ${bin.observed} of ${bin.count}`);
  return chartDocument({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    widthPx,
    contentHeightPx: legend.heightPx + heightPx,
    description: `Share that came true over the probability given. Expected calibration error ${error}. ${described.join('; ')}`,
    content:
      legend.markup +
      rates.frame +
      bins.map((bin) => drawBin(rates, bin)).join('') +
      drawIdeal(rates) +
      drawError(rates, error, bins) +
      counts.frame +
      drawCounts(counts, bins),
  });
}
