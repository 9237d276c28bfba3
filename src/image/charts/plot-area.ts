// The frame that line, bar and histogram charts share: a rectangle with two labelled axes, grid lines and a legend.
import { axisColour, gridColour, ink, mutedInk, type SeriesStyle } from './palette.ts';
import { createScale, type Scale, type ScaleOptions } from './scale.ts';
import { element, formatCoordinate } from './svg.ts';
import { drawText, measureText } from './text.ts';

export interface Axis extends Omit<ScaleOptions, 'range'> {
  /** What is measured, with its unit. */
  readonly label: string;
}

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface PlotArea {
  readonly area: Rectangle;
  readonly x: Scale;
  readonly y: Scale;
  /** Grid, axes, tick labels and axis names; drawn below the data. */
  readonly frame: string;
}

const tickSizePx = 12;
const labelSizePx = 13;

function placeLegend(legend: readonly LegendEntry[], room: number): { readonly x: number; readonly row: number }[] {
  let [x, row] = [0, 0];
  return legend.map(({ name }) => {
    const width = legendKeyPx + 8 + measureText(name, tickSizePx);
    if (x > 0 && x + width > room) [x, row] = [0, row + 1];
    const place = { x, row };
    x += width + 20;
    return place;
  });
}

/** Lays a plot with two axes into `outer`, room for labels and legend taken off. */
export function createPlotArea(
  outer: Rectangle,
  axes: {
    readonly x: Axis;
    readonly y: Axis;
    readonly hideXTicks?: boolean;
    /** Room for the y tick labels where plots must line up; else as wide as the widest. */
    readonly yTickRoomPx?: number;
  },
): PlotArea {
  const yTicks = createScale({ ...axes.y, range: [0, 1] });
  const needed = Math.max(...yTicks.ticks.map((tick) => measureText(yTicks.format(tick), tickSizePx)), 8);
  const widest = axes.yTickRoomPx ?? needed;
  const area = {
    left: outer.left + labelSizePx + 12 + widest + 8,
    top: outer.top + 8,
    width: outer.width - (labelSizePx + 12 + widest + 8) - 12,
    height: outer.height - 8 - 46,
  };
  const x = createScale({ ...axes.x, range: [area.left, area.left + area.width] });
  const y = createScale({ ...axes.y, range: [area.top + area.height, area.top] });
  const xMarkup = axes.hideXTicks === true ? '' : x.ticks.map((tick) => xTick(x, tick, area)).join('');
  const frame =
    y.ticks.map((tick) => yTick(y, tick, area)).join('') +
    xMarkup +
    element('path', {
      d: `M${area.left} ${area.top}V${area.top + area.height}H${area.left + area.width}`,
      fill: 'none',
      stroke: axisColour,
    }) +
    drawText(axes.x.label, {
      x: area.left + area.width / 2,
      y: area.top + area.height + 40,
      sizePx: labelSizePx,
      anchor: 'middle',
      fill: ink,
    }) +
    drawText(axes.y.label, {
      x: outer.left + labelSizePx,
      y: area.top + area.height / 2,
      sizePx: labelSizePx,
      anchor: 'middle',
      rotate: -90,
      fill: ink,
    });
  return { area, x, y, frame };
}

function xTick(scale: Scale, tick: number, area: Rectangle): string {
  const x = scale.position(tick);
  const bottom = area.top + area.height;
  return (
    element('path', { d: `M${formatCoordinate(x)} ${area.top}V${bottom}`, stroke: gridColour }) +
    drawText(scale.format(tick), { x, y: bottom + 17, sizePx: tickSizePx, anchor: 'middle', fill: mutedInk })
  );
}

function yTick(scale: Scale, tick: number, area: Rectangle): string {
  const y = scale.position(tick);
  return (
    element('path', {
      d: `M${formatCoordinate(area.left)} ${formatCoordinate(y)}H${formatCoordinate(area.left + area.width)}`,
      stroke: gridColour,
    }) + drawText(scale.format(tick), { x: area.left - 8, y: y + 4, sizePx: tickSizePx, anchor: 'end', fill: mutedInk })
  );
}

export interface LegendEntry {
  readonly name: string;
  readonly style: SeriesStyle;
  /** `line` shows dash and marker, `block` a filled square. */
  readonly form: 'line' | 'block';
}

const legendKeyPx = 26;
const legendRowPx = 20;

/** A legend in rows of at most `width`; `heightPx` is 0 for none. */
export function drawLegend(
  entries: readonly LegendEntry[],
  at: { readonly left: number; readonly top: number; readonly width: number },
): { readonly markup: string; readonly heightPx: number } {
  const places = placeLegend(entries, at.width);
  const markup = entries.map(({ name, style, form }, i) => {
    const x = at.left + (places[i]?.x ?? 0);
    const y = at.top + (places[i]?.row ?? 0) * legendRowPx + 10;
    const key =
      form === 'block'
        ? element('rect', { x: x + 8, y: y - 6, width: 12, height: 12, rx: 2, fill: style.colour })
        : element('path', {
            d: `M${formatCoordinate(x)} ${y}h${legendKeyPx}`,
            stroke: style.colour,
            'stroke-width': 2.5,
            'stroke-dasharray': style.dash,
          }) + drawMarker(style, x + legendKeyPx / 2, y);
    return key + drawText(name, { x: x + legendKeyPx + 6, y: y + 4, sizePx: tickSizePx, fill: ink });
  });
  const rows = (places.at(-1)?.row ?? -1) + 1;
  return { markup: markup.join(''), heightPx: rows === 0 ? 0 : rows * legendRowPx + 6 };
}

/** A series' marker, 8 px across, with a white rim so that it stands off lines. */
export function drawMarker(style: SeriesStyle, x: number, y: number): string {
  const look = { fill: style.colour, stroke: '#ffffff', 'stroke-width': 1.2 };
  const at = `M${formatCoordinate(x)} ${formatCoordinate(y)}`;
  switch (style.marker) {
    case 'circle':
      return element('circle', { cx: x, cy: y, r: 4, ...look });
    case 'square':
      return element('rect', { x: x - 3.6, y: y - 3.6, width: 7.2, height: 7.2, ...look });
    case 'diamond':
      return element('path', { d: `${at}m0 -5l5 5l-5 5l-5 -5z`, ...look });
    case 'triangle':
      return element('path', { d: `${at}m0 -5l4.8 8.4h-9.6z`, ...look });
  }
}
