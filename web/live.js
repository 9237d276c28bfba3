// How the service is doing: GET /stats each second while the page is seen, as figures, charts and a table.
import { Problem, stats } from './api.js';
import { byId, make } from './dom.js';
import { makeCharts } from './live-charts.js';
import { showTable } from './live-table.js';
import { count, duration, percent, uptime } from './words.js';

const everyMs = 1000;
/** When the service refuses or is gone, it is asked less often. */
const patientMs = 5000;
const seconds = 60;

/**
 * @typedef {object} Second what GET /stats tells of one second
 * @property {string} at ISO time; empty before the service began
 * @property {number} predictions
 * @property {number} failed
 * @property {number | null} p50Ms
 * @property {Record<string, number>} byClass
 * @property {number | null} meanConfidence
 */

/** What stands in each figure: its name, and its value out of GET /stats. */
const figures = [
  { name: 'photos answered', read: (/** @type {any} */ told) => count(told.predictions ?? 0) },
  { name: 'refused', read: (/** @type {any} */ told) => count(told.failed ?? 0) },
  { name: 'half are faster', read: (/** @type {any} */ told) => latency(told, 'p50') },
  { name: '95 % are faster', read: (/** @type {any} */ told) => latency(told, 'p95') },
  {
    name: 'mean confidence',
    read: (/** @type {any} */ told) => (typeof told.meanConfidence === 'number' ? percent(told.meanConfidence) : '–'),
  },
  { name: 'running', read: (/** @type {any} */ told) => uptime(told.uptimeSeconds ?? 0) },
];

/** @param {any} told @param {string} which */
function latency(told, which) {
  const value = told.latencyMs?.[which];
  return typeof value === 'number' ? duration(value) : '–';
}

/**
 * Polls from now on. `onStats` gets each answer of GET /stats, or null when there is none.
 * @param {(stats: any) => void} onStats
 */
export function startLive(onStats) {
  const values = figures.map(({ name }) => {
    const value = make('dd', {}, '–');
    byId('figures').append(make('div', {}, make('dt', {}, name), value));
    return value;
  });
  const charts = makeCharts(byId('charts'));
  const show = (/** @type {any} */ told) => {
    // In place, so that nobody who reads here is thrown out each second.
    figures.forEach(({ read }, i) => values[i]?.replaceChildren(read(told)));
    const recent = secondsOf(told);
    byId('live-note').textContent = recent === null ? '' : 'The last minute, second by second.';
    byId('charts').hidden = recent === null;
    byId('live-details').hidden = recent === null;
    if (recent === null) return;
    const { classNames } = told.model;
    charts.show(recent, classNames);
    if (byId('live-details').open) showTable(byId('live-table'), recent, classNames);
  };
  let timer = 0;
  const tick = async () => {
    clearTimeout(timer);
    const told = await stats().catch((error) => {
      // A service that refuses is there.
      if (!(error instanceof Problem && error.status >= 400 && error.status < 500)) onStats(null);
      return null;
    });
    if (told !== null) {
      onStats(told);
      show(told);
    }
    clearTimeout(timer);
    if (document.visibilityState === 'visible') timer = setTimeout(tick, told === null ? patientMs : everyMs);
  };
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void tick();
  });
  byId('live-details').addEventListener('toggle', () => void tick());
  void tick();
}

/**
 * A minute, oldest first, with empty seconds in front while the service is younger.
 * @param {any} told
 * @returns {Second[] | null}
 */
function secondsOf(told) {
  const given = told.recent;
  if (!Array.isArray(given)) return null;
  const latest = given.slice(-seconds);
  const empty = { at: '', predictions: 0, failed: 0, p50Ms: null, byClass: {}, meanConfidence: null };
  return [...Array(seconds - latest.length).fill(empty), ...latest];
}
