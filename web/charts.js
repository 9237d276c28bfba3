// Charts of sixty seconds as inline SVG: bars that stand on each other, or a line. Each is an image with a sentence for
// whoever does not see it; the figures also stand in a table (live.js).
import { draw } from './dom.js';

const height = 136;
/** Colours that classes are told apart by; more classes begin again. */
const tones = 8;
const margin = { top: 14, right: 6, bottom: 20, left: 40 };

/**
 * @typedef {object} Scale
 * @property {number} top the value at the upper edge
 * @property {(value: number) => string} format
 */

/**
 * @param {number} width in pixels, so that text keeps its size
 * @param {string} sentence what the chart shows, in words
 * @param {Scale} scale
 */
function frame(width, sentence, { top, format }) {
  const bottom = height - margin.bottom;
  const gridline = (/** @type {number} */ y) =>
    draw('line', { class: 'grid', x1: margin.left, x2: width - margin.right, y1: y, y2: y });
  const label = (/** @type {string} */ text, /** @type {Record<string, string | number>} */ place) =>
    draw('text', place, text);
  const middle = (margin.top + bottom) / 2;
  return draw(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': sentence },
    gridline(bottom),
    gridline(middle),
    gridline(margin.top),
    label(format(top), { x: margin.left - 6, y: margin.top + 4, 'text-anchor': 'end' }),
    label(format(top / 2), { x: margin.left - 6, y: middle + 4, 'text-anchor': 'end' }),
    label(format(0), { x: margin.left - 6, y: bottom + 4, 'text-anchor': 'end' }),
    label('a minute ago', { x: margin.left, y: height - 4 }),
    label('now', { x: width - margin.right, y: height - 4, 'text-anchor': 'end' }),
  );
}

/** @param {number} width @param {number} slots */
function place(width, slots) {
  const step = (width - margin.left - margin.right) / slots;
  return { step, x: (/** @type {number} */ index) => margin.left + index * step };
}

/** @param {number} value @param {number} top */
function heightOf(value, top) {
  return (height - margin.top - margin.bottom) * Math.min(1, value / top);
}

/**
 * Bars, one a second, the parts of each on top of each other.
 * @param {object} chart
 * @param {number} chart.width
 * @param {string} chart.sentence
 * @param {Scale} chart.scale
 * @param {readonly (readonly number[])[]} chart.columns parts of each second, oldest first
 * @param {readonly string[]} chart.classes what colours each part
 */
export function stackedBars({ width, sentence, scale, columns, classes }) {
  const svg = frame(width, sentence, scale);
  const { step, x } = place(width, columns.length);
  columns.forEach((parts, index) => {
    let y = height - margin.bottom;
    parts.forEach((part, i) => {
      const tall = heightOf(part, scale.top);
      if (tall <= 0) return;
      y -= tall;
      svg.append(
        draw('rect', {
          class: classes[i] ?? '',
          x: x(index) + 0.5,
          y,
          width: Math.max(1, step - 1),
          height: tall,
          rx: Math.min(1.5, step / 4),
        }),
      );
    });
  });
  return svg;
}

/**
 * A line through the seconds that have a value; a second alone is a point.
 * @param {object} chart
 * @param {number} chart.width
 * @param {string} chart.sentence
 * @param {Scale} chart.scale
 * @param {readonly (number | null)[]} chart.values oldest first; null: nothing in that second
 */
export function lineChart({ width, sentence, scale, values }) {
  const svg = frame(width, sentence, scale);
  const { step, x } = place(width, values.length);
  const bottom = height - margin.bottom;
  const points = values.flatMap((value, index) =>
    value === null ? [] : [{ x: x(index) + step / 2, y: bottom - heightOf(value, scale.top) }],
  );
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return svg;
  const path = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join('');
  if (points.length > 1) {
    svg.append(draw('path', { class: 'area', d: `${path}L${last.x} ${bottom}L${first.x} ${bottom}Z` }));
    svg.append(draw('path', { class: 'line', d: path }));
  }
  svg.append(draw('circle', { class: 'point', cx: last.x, cy: last.y, r: 3.5 }));
  return svg;
}

/**
 * What colours the class with this index, here and in the answer's bars.
 * @param {number} index
 */
export function tone(index) {
  return `tone-${index % tones}`;
}

/**
 * The next round number at or above the largest value: 1, 2 or 5 times a power of ten.
 * @param {readonly (number | null)[]} values
 * @param {number} least
 */
export function roundTop(values, least) {
  const largest = values.reduce((/** @type {number} */ most, value) => Math.max(most, value ?? 0), least);
  const power = 10 ** Math.floor(Math.log10(largest));
  return ([1, 2, 5, 10].find((factor) => factor * power >= largest) ?? 10) * power;
}
