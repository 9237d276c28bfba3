// The strip below a photo with heat on it: what the model says, by which method, and what the colours mean.
import { escapeHtml } from '../html/index.ts';
import { ink, mutedInk, surface } from './palette.ts';
import { element } from './svg.ts';
import { drawText, fitText, glyphDefinitions, measureText } from './text.ts';

export interface HeatLegendOptions {
  readonly widthPx: number;
  /** In bold: the answer. */
  readonly title: string;
  /** A quieter line: what the heat shows. */
  readonly detail: string;
  /** From cold to hot, #rrggbb. */
  readonly colours: readonly string[];
}

export const heatLegendHeightPx = 54;
const [paddingPx, scaleWidthPx, scaleHeightPx] = [14, 96, 10];
const [coldWord, hotWord] = ['none', 'most'];

/** The legend as an SVG document of widthPx × heatLegendHeightPx; texts that do not fit end in an ellipsis. */
export function heatLegend({ widthPx, title, detail, colours }: HeatLegendOptions): string {
  const scaleLeft = widthPx - paddingPx - scaleWidthPx;
  const room = scaleLeft - 2 * paddingPx;
  const stripe = scaleWidthPx / colours.length;
  const scale = colours.map((fill, i) =>
    // A little wider than its place, so that no light shows between two stripes.
    element('rect', { x: scaleLeft + i * stripe, y: 14, width: stripe + 0.5, height: scaleHeightPx, fill }),
  );
  const words = { y: 40, sizePx: 12, fill: mutedInk };
  const body = [
    element('rect', { width: widthPx, height: heatLegendHeightPx, fill: surface }),
    drawText(fitText(title, 17, room), { x: paddingPx, y: 25, sizePx: 17, fill: ink, bold: true }),
    drawText(fitText(detail, 12, room), { ...words, x: paddingPx, y: 42 }),
    ...scale,
    drawText(coldWord, { ...words, x: scaleLeft }),
    drawText(hotWord, { ...words, x: widthPx - paddingPx - measureText(hotWord, words.sizePx) }),
  ].join('');
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width: widthPx,
    height: heatLegendHeightPx,
    viewBox: `0 0 ${widthPx} ${heatLegendHeightPx}`,
    role: 'img',
  };
  const name = element('title', {}, escapeHtml(`${title}; ${detail}`));
  return `${element('svg', attributes, `${name}<defs>${glyphDefinitions(body)}</defs>${body}`)}\n`;
}
