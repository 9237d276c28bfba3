// The four charts of the last minute: traffic, latency, answers by class, confidence. Cards stay; pictures change.
import { lineChart, roundTop, stackedBars, tone } from './charts.js';
import { draw, make } from './dom.js';
import { count, duration, percent } from './words.js';

/** @typedef {import('./live.js').Second} Second */

/**
 * @typedef {object} Drawn
 * @property {string} now the latest, in words
 * @property {SVGElement} picture
 * @property {Node} [legend]
 */

/** @type {readonly { title: string, paint: (recent: Second[], width: number, classNames: readonly string[]) => Drawn }[]} */
const charts = [
  { title: 'Photos a second', paint: paintTraffic },
  { title: 'Latency, median', paint: paintLatency },
  { title: 'Answers by class', paint: paintMix },
  { title: 'Confidence, mean', paint: paintConfidence },
];

/** @param {HTMLElement} container */
export function makeCharts(container) {
  const cards = charts.map(({ title, paint }) => {
    const now = make('p', { class: 'now' });
    const body = make('div', { class: 'body' });
    const legend = make('div');
    container.append(make('article', { class: 'chart' }, make('header', {}, make('h3', {}, title), now), body, legend));
    return { paint, now, body, legend };
  });
  return {
    /** @param {Second[]} recent @param {readonly string[]} classNames */
    show: (recent, classNames) => {
      for (const { paint, now, body, legend } of cards) {
        const drawn = paint(recent, Math.max(180, body.clientWidth), classNames);
        now.textContent = drawn.now;
        body.replaceChildren(drawn.picture);
        if (drawn.legend !== undefined) legend.replaceChildren(drawn.legend);
      }
    },
  };
}

/** @param {readonly number[]} values */
function sumOf(values) {
  return values.reduce((sum, each) => sum + each, 0);
}

/** @param {Second[]} recent @param {number} width @returns {Drawn} */
function paintTraffic(recent, width) {
  const all = recent.map(({ predictions, failed }) => predictions + failed);
  const now = `${count(sumOf(all))} in a minute, ${count(sumOf(recent.map(({ failed }) => failed)))} refused`;
  const picture = stackedBars({
    width,
    sentence: `Photos a second over the last minute: ${now}; at most ${Math.max(...all)} in one second.`,
    scale: { top: roundTop(all, 4), format: String },
    columns: recent.map(({ predictions, failed }) => [predictions, failed]),
    classes: ['bar', 'bar bad'],
  });
  return { now, picture };
}

/** @param {Second[]} recent @param {number} width @returns {Drawn} */
function paintLatency(recent, width) {
  const values = recent.map(({ p50Ms }) => p50Ms);
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  const now = last === undefined ? 'no photo' : `${duration(last)} at last`;
  const most = last === undefined ? '' : `, at most ${duration(Math.max(...known))}`;
  const picture = lineChart({
    width,
    sentence: `Median latency over the last minute: ${now}${most}.`,
    scale: { top: roundTop(values, 10), format: (value) => `${value} ms` },
    values,
  });
  return { now, picture };
}

/** @param {Second[]} recent @param {number} width @param {readonly string[]} classNames @returns {Drawn} */
function paintMix(recent, width, classNames) {
  const all = recent.map(({ byClass }) => sumOf(Object.values(byClass)));
  const words = classNames.map((name) => `${name} ${count(sumOf(recent.map(({ byClass }) => byClass[name] ?? 0)))}`);
  const picture = stackedBars({
    width,
    sentence: `Answers by class over the last minute: ${words.join(', ')}.`,
    scale: { top: roundTop(all, 4), format: String },
    columns: recent.map(({ byClass }) => classNames.map((name) => byClass[name] ?? 0)),
    classes: classNames.map((_, i) => tone(i)),
  });
  const patch = (/** @type {number} */ i) =>
    draw(
      'svg',
      { viewBox: '0 0 10 10', 'aria-hidden': 'true' },
      draw('rect', { class: tone(i), width: 10, height: 10, rx: 3 }),
    );
  return {
    now: `${count(sumOf(all))} in a minute`,
    picture,
    legend: make('ul', { class: 'legend' }, ...words.map((text, i) => make('li', {}, patch(i), text))),
  };
}

/** @param {Second[]} recent @param {number} width @returns {Drawn} */
function paintConfidence(recent, width) {
  const values = recent.map(({ meanConfidence }) => meanConfidence);
  const last = values.filter((value) => value !== null).at(-1);
  const now = last === undefined ? 'no answer' : `${percent(last)} at last`;
  const picture = lineChart({
    width,
    sentence: `Mean confidence over the last minute: ${now}.`,
    scale: { top: 1, format: (value) => `${Math.round(100 * value)} %` },
    values,
  });
  return { now, picture };
}
