// The charts' figures as a table, for whoever reads rather than looks.
import { make } from './dom.js';
import { duration, percent } from './words.js';

/**
 * @param {HTMLTableElement} table
 * @param {import('./live.js').Second[]} recent oldest first
 * @param {readonly string[]} classNames
 */
export function showTable(table, recent, classNames) {
  const heads = ['Time', 'Answered', 'Refused', 'Latency', 'Confidence', ...classNames];
  const busy = recent.filter(({ at, predictions, failed }) => at !== '' && predictions + failed > 0).reverse();
  const rows = busy.map(({ at, predictions, failed, p50Ms, meanConfidence, byClass }) => {
    const cells = [
      String(predictions),
      String(failed),
      p50Ms === null ? '–' : duration(p50Ms),
      meanConfidence === null ? '–' : percent(meanConfidence),
      ...classNames.map((name) => String(byClass[name] ?? 0)),
    ];
    const time = make('th', { scope: 'row' }, new Date(at).toLocaleTimeString('en-GB'));
    return make('tr', {}, time, ...cells.map((text) => make('td', { class: 'number' }, text)));
  });
  const none = make('tr', {}, make('td', { colspan: heads.length }, 'No photo in the last minute.'));
  const head = heads.map((text, i) => make('th', { scope: 'col', class: i === 0 ? '' : 'number' }, text));
  table.replaceChildren(
    make('caption', { class: 'unseen' }, 'Seconds with photos, the latest first'),
    make('thead', {}, make('tr', {}, ...head)),
    make('tbody', {}, ...(rows.length === 0 ? [none] : rows)),
  );
}
