// Bars by category: one or several a category.
import { chartDocument, chartPaddingPx, type ChartHeading } from './document.ts';
import { ink, mutedInk, seriesStyle } from './palette.ts';
import { createPlotArea, drawLegend, type PlotArea } from './plot-area.ts';
import { closeAxis, type FreeAxis } from './line-chart.ts';
import { roundBounds } from './scale.ts';
import { element } from './svg.ts';
import { drawText, fitText, measureText } from './text.ts';

export interface BarSeries {
  readonly name: string;
  /** One value a category; not finite: no bar. */
  readonly values: readonly number[];
}

export interface BarChartOptions extends ChartHeading {
  /** Name of what the categories are. */
  readonly xLabel: string;
  readonly y: FreeAxis;
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  readonly widthPx?: number;
  readonly heightPx?: number;
}

const labelSizePx = 12;
const longestLabelPx = 110;

/** Category names below the axis: level where they fit, else slanted. */
function drawCategories(plot: PlotArea, categories: readonly string[], slotPx: number, slanted: boolean): string {
  const baseline = plot.area.top + plot.area.height;
  // Names closer together than a line of text would overlap: some are left out.
  const every = Math.max(1, Math.ceil(14 / slotPx));
  return categories
    .map((name, i) => {
      if (i % every !== 0) return '';
      const x = plot.area.left + (i + 0.5) * slotPx;
      const style = { sizePx: labelSizePx, fill: mutedInk };
      return slanted
        ? drawText(fitText(name, labelSizePx, longestLabelPx), {
            ...style,
            x: x + 4,
            y: baseline + 14,
            anchor: 'end',
            rotate: -40,
          })
        : drawText(name, { ...style, x, y: baseline + 17, anchor: 'middle' });
    })
    .join('');
}

function drawBars(plot: PlotArea, series: readonly BarSeries[], slotPx: number): string {
  const groupPx = slotPx * 0.74;
  const barPx = groupPx / Math.max(1, series.length);
  const zero = plot.y.position(Math.min(plot.y.high, Math.max(plot.y.low, 0)));
  return series
    .flatMap(({ values }, s) =>
      values.map((value, i) => {
        if (!Number.isFinite(value)) return '';
        const x = plot.area.left + i * slotPx + (slotPx - groupPx) / 2 + s * barPx;
        const y = plot.y.position(value);
        const label = plot.y.format(value);
        const fits = measureText(label, 11) <= barPx + 8;
        return (
          element('rect', {
            x,
            y: Math.min(y, zero),
            width: Math.max(0.5, barPx - 1),
            height: Math.max(Math.abs(zero - y), value === 0 ? 0 : 0.5),
            fill: seriesStyle(s).colour,
          }) +
          (fits
            ? drawText(label, {
                x: x + barPx / 2,
                y: Math.min(y, zero) - 5,
                sizePx: 11,
                anchor: 'middle',
                fill: ink,
                halo: '#ffffff',
              })
            : '')
        );
      }),
    )
    .join('');
}

/** A bar chart as an SVG document. Bars start at zero. */
export function barChart(options: BarChartOptions): string {
  const { widthPx = 640, heightPx = 380, categories, series, y, xLabel } = options;
  const inner = widthPx - 2 * chartPaddingPx + 14;
  const slot = (inner - 70) / Math.max(1, categories.length);
  const widest = Math.max(0, ...categories.map((name) => measureText(name, labelSizePx)));
  const slanted = widest > slot - 6;
  const drop = slanted ? Math.min(widest, longestLabelPx) * 0.64 : 0;
  const legend = drawLegend(
    series.length > 1 ? series.map(({ name }, i) => ({ name, style: seriesStyle(i), form: 'block' })) : [],
    { left: chartPaddingPx + 40, top: 0, width: inner - 60 },
  );
  const values = series.flatMap((one) => one.values);
  const [low, high] = roundBounds(values, { fromZero: true });
  const plot = createPlotArea(
    { left: chartPaddingPx - 10, top: legend.heightPx, width: inner, height: heightPx - legend.heightPx - drop },
    { x: { label: '', low: 0, high: 1 }, y: closeAxis({ low, high, ...y }, values), hideXTicks: true },
  );
  const slotPx = plot.area.width / Math.max(1, categories.length);
  return chartDocument({
    ...options,
    widthPx,
    contentHeightPx: heightPx,
    description: series
      .map((one) => `${one.name}: ${categories.map((name, i) => `${name} ${one.values[i] ?? NaN}`).join(', ')}`)
      .join('; '),
    content:
      legend.markup +
      plot.frame +
      drawBars(plot, series, slotPx) +
      drawCategories(plot, categories, slotPx, slanted) +
      drawText(xLabel, {
        x: plot.area.left + plot.area.width / 2,
        y: heightPx - 6,
        sizePx: 13,
        anchor: 'middle',
        fill: ink,
      }),
  });
}
