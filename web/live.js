// How the service is doing: GET /stats each second while the page is seen, as figures, four charts and a table.
import { stats } from './api.js';
import { lineChart, roundTop, stackedBars } from './charts.js';
import { byId, draw, make } from './dom.js';
import { count, duration, percent, uptime } from './words.js';

const everyMs = 1000;
/** When the service refuses or is gone, it is asked less often. */
const patientMs = 5000;
const seconds = 60;
export const toneCount = 8;

/**
 * @typedef {object} Second what GET /stats tells of one second
 * @property {string} at
 * @property {number} requests
 * @property {number} failed
 * @property {number | null} p50Ms
 * @property {Record<string, number>} byClass
 * @property {number | null} confidence
 */

/**
 * Polls from now on. `onStats` gets each answer of GET /stats, or null when there is none.
 * @param {(stats: any) => void} onStats
 */
export function startLive(onStats) {
  let timer = 0;
  const tick = async () => {
    const told = await stats().catch(() => null);
    onStats(told);
    if (told !== null) show(told);
    if (document.visibilityState === 'visible') timer = setTimeout(tick, told === null ? patientMs : everyMs);
  };
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') void tick();
  });
  void tick();
}

/** @param {any} told */
function show(told) {
  showFigures(told);
  const recent = secondsOf(told);
  byId('live-note').textContent =
    recent === null ? 'This service tells no second-by-second figures.' : 'The last minute, second by second.';
  byId('charts').hidden = recent === null;
  byId('live-details').hidden = recent === null;
  if (recent === null) return;
  const classNames = told.model.classNames;
  const charts = byId('charts');
  charts.replaceChildren(
    trafficChart(recent, chartWidth()),
    latencyChart(recent, chartWidth()),
    mixChart(recent, classNames, chartWidth()),
    confidenceChart(recent, chartWidth()),
  );
  if (byId('live-details').open) showTable(recent, classNames);
}

/**
 * A minute, oldest first, with empty seconds in front while the service is younger.
 * @param {any} told
 * @returns {Second[] | null}
 */
function secondsOf(told) {
  const given = Array.isArray(told.recent) ? told.recent : told.recent?.seconds;
  if (!Array.isArray(given)) return null;
  const latest = given.slice(-seconds);
  const empty = { at: '', requests: 0, failed: 0, p50Ms: null, byClass: {}, confidence: null };
  return [...Array(seconds - latest.length).fill(empty), ...latest];
}

/** @param {any} told */
function showFigures(told) {
  const answered = told.predictions ?? 0;
  const figures = [
    [count(answered), answered === 1 ? 'photo answered' : 'photos answered'],
    [count(told.failed ?? 0), 'refused'],
    [told.latencyMs ? duration(told.latencyMs.p50) : '–', 'half are faster than'],
    [told.latencyMs ? duration(told.latencyMs.p95) : '–', '95 % are faster than'],
    [typeof told.meanConfidence === 'number' ? percent(told.meanConfidence) : '–', 'mean confidence'],
    [uptime(told.uptimeSeconds ?? 0), 'running'],
  ];
  byId('figures').replaceChildren(
    ...figures.map(([value = '', name = '']) => make('div', {}, make('dt', {}, name), make('dd', {}, value))),
  );
}

function chartWidth() {
  const columns = getComputedStyle(byId('charts')).gridTemplateColumns.split(' ');
  return Math.max(200, Math.round(Number.parseFloat(columns[0] ?? '') || 360) - 38);
}

/**
 * @param {string} title
 * @param {string} now
 * @param {...Node} content
 */
function chartCard(title, now, ...content) {
  return make(
    'article',
    { class: 'chart' },
    make('header', {}, make('h3', {}, title), make('p', { class: 'now' }, now)),
    ...content,
  );
}

/** @param {Second[]} recent @param {number} width */
function trafficChart(recent, width) {
  const all = recent.map(({ requests }) => requests);
  const total = all.reduce((sum, each) => sum + each, 0);
  const failed = recent.reduce((sum, each) => sum + each.failed, 0);
  const highest = Math.max(...all);
  const now = `${count(total)} in a minute, ${count(failed)} refused`;
  return chartCard(
    'Requests a second',
    now,
    stackedBars({
      width,
      sentence: `Requests a second over the last minute: ${now}; at most ${highest} in one second.`,
      scale: { top: roundTop(all, 4), format: (value) => String(value) },
      columns: recent.map((each) => [each.requests - each.failed, each.failed]),
      classes: ['bar', 'bar bad'],
    }),
  );
}

/** @param {Second[]} recent @param {number} width */
function latencyChart(recent, width) {
  const values = recent.map(({ p50Ms }) => p50Ms);
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  const now = last === undefined ? 'no request' : `${duration(last)} at last`;
  return chartCard(
    'Latency, median',
    now,
    lineChart({
      width,
      sentence: `Median latency over the last minute: ${now}${last === undefined ? '' : `, at most ${duration(Math.max(...known))}`}.`,
      scale: { top: roundTop(values, 10), format: (value) => `${value} ms` },
      values,
    }),
  );
}

/** @param {Second[]} recent @param {readonly string[]} classNames @param {number} width */
function mixChart(recent, classNames, width) {
  const totals = classNames.map((name) => recent.reduce((sum, each) => sum + (each.byClass[name] ?? 0), 0));
  const all = recent.map(({ byClass }) => Object.values(byClass).reduce((sum, each) => sum + each, 0));
  const words = classNames.map((name, i) => `${name} ${count(totals[i] ?? 0)}`);
  const tones = classNames.map((_, i) => `tone-${i % toneCount}`);
  return chartCard(
    'Answers by class',
    '',
    stackedBars({
      width,
      sentence: `Answers by class over the last minute: ${words.join(', ')}.`,
      scale: { top: roundTop(all, 4), format: (value) => String(value) },
      columns: recent.map(({ byClass }) => classNames.map((name) => byClass[name] ?? 0)),
      classes: tones,
    }),
    make(
      'ul',
      { class: 'legend' },
      ...words.map((text, i) =>
        make(
          'li',
          {},
          draw(
            'svg',
            { viewBox: '0 0 10 10', 'aria-hidden': 'true' },
            draw('rect', { class: tones[i] ?? '', width: 10, height: 10, rx: 3 }),
          ),
          text,
        ),
      ),
    ),
  );
}

/** @param {Second[]} recent @param {number} width */
function confidenceChart(recent, width) {
  const values = recent.map(({ confidence }) => confidence);
  const last = values.filter((value) => value !== null).at(-1);
  const now = last === undefined ? 'no answer' : `${percent(last)} at last`;
  return chartCard(
    'Confidence, mean',
    now,
    lineChart({
      width,
      sentence: `Mean confidence over the last minute: ${now}.`,
      scale: { top: 1, format: (value) => `${Math.round(100 * value)} %` },
      values,
    }),
  );
}

/** @param {Second[]} recent @param {readonly string[]} classNames */
function showTable(recent, classNames) {
  const heads = ['Time', 'Requests', 'Refused', 'Latency', 'Confidence', ...classNames];
  const rows = recent.filter(({ at, requests }) => at !== '' && requests > 0).reverse();
  byId('live-table').replaceChildren(
    make('caption', { class: 'unseen' }, 'Seconds with requests, the latest first'),
    make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)))),
    make(
      'tbody',
      {},
      ...rows.map(({ at, requests, failed, p50Ms, confidence, byClass }) =>
        make(
          'tr',
          {},
          make('th', { scope: 'row' }, new Date(at).toLocaleTimeString('en-GB')),
          ...[
            String(requests),
            String(failed),
            p50Ms === null ? '–' : duration(p50Ms),
            confidence === null ? '–' : percent(confidence),
            ...classNames.map((name) => String(byClass[name] ?? 0)),
          ].map((text) => make('td', { class: 'number' }, text)),
        ),
      ),
      ...(rows.length === 0
        ? [make('tr', {}, make('td', { colspan: heads.length }, 'No request in the last minute.'))]
        : []),
    ),
  );
}
