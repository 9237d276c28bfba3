// Several photos at once: a table that fills while they are answered, a few at a time, and its download.
import { say, wordsOf } from './answer.js';
import { download, toCsv } from './csv.js';
import { byId, make } from './dom.js';
import { percent, statedWord } from './words.js';

/** Requests under way at once: enough to keep the service busy, few enough to leave room for others. */
const atOnce = 4;

/**
 * @typedef {object} Row
 * @property {File} file
 * @property {HTMLTableRowElement} element
 * @property {import('./answer.js').Answer} [answer]
 * @property {unknown} [error]
 */

/** @type {{ rows: Row[] }} */
const current = { rows: [] };

/**
 * Answers all of them and shows the table.
 * @param {readonly File[]} files
 * @param {object} options
 * @param {(file: File) => Promise<import('./answer.js').Answer>} options.ask
 * @param {(row: Row) => void} options.onDone called for each photo that has its answer, or has none
 * @param {(row: Row) => void} options.onShow called for a photo that is to be seen on its own
 */
export async function answerSeveral(files, { ask, onDone, onShow }) {
  const rows = files.map((file) => makeRow(file, onShow));
  current.rows = rows;
  byId('several').hidden = false;
  byId('several-rows').replaceChildren(...rows.map(({ element }) => element));
  byId('csv').disabled = true;
  let done = 0;
  const report = () => {
    byId('several-count').textContent = done < rows.length ? `${done} of ${rows.length} answered` : summary(rows);
  };
  report();
  const queue = rows.values();
  const work = async () => {
    for (const row of queue) {
      try {
        row.answer = await ask(row.file);
      } catch (error) {
        row.error = error;
      }
      done++;
      if (current.rows !== rows) return;
      fillRow(row);
      report();
      onDone(row);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (current.rows !== rows) return;
  byId('csv').disabled = false;
  say(summary(rows));
}

/** @param {Row[]} rows */
function summary(rows) {
  const refused = rows.filter(({ error }) => error !== undefined).length;
  return `${rows.length - refused} answered${refused === 0 ? '' : `, ${refused} not`}`;
}

/** @param {File} file @param {(row: Row) => void} onShow @returns {Row} */
function makeRow(file, onShow) {
  const thumb = make('img', { class: 'thumb', alt: '', src: URL.createObjectURL(file) });
  thumb.addEventListener('load', () => URL.revokeObjectURL(thumb.src), { once: true });
  // No picture, or none that a browser shows: an empty square in its place.
  thumb.addEventListener('error', () => thumb.replaceWith(make('span', { class: 'thumb' })), { once: true });
  const name = make('button', { class: 'link', type: 'button', disabled: true }, file.name);
  const element = make(
    'tr',
    {},
    make('th', { scope: 'row' }, make('div', { class: 'named' }, thumb, name)),
    make('td', { class: 'quiet' }, 'waiting'),
    make('td', { class: 'number' }),
    make('td'),
  );
  const row = { file, element };
  name.addEventListener('click', () => {
    for (const each of current.rows) each.element.classList.toggle('shown', each === row);
    onShow(row);
  });
  return row;
}

/** @param {Row} row */
function fillRow({ element, answer, error }) {
  const [, word, sure, remark] = element.cells;
  const button = element.querySelector('button');
  if (word === undefined || sure === undefined || remark === undefined || button === null) return;
  button.disabled = false;
  word.className = '';
  if (answer === undefined) {
    const { title, detail } = wordsOf(error);
    word.textContent = 'no answer';
    word.className = 'refused';
    remark.textContent = detail ?? title;
    return;
  }
  word.textContent = statedWord(answer, Object.keys(answer.probabilities));
  sure.textContent = percent(answer.confidence);
  if (answer.answer === 'unsure') remark.textContent = `rather ${answer.label}`;
  else if (answer.answer === 'neither') remark.textContent = 'unlike the photos of training';
}

export function startCsv() {
  byId('csv').addEventListener('click', () => {
    const classNames = Object.keys(
      current.rows.find(({ answer }) => answer !== undefined)?.answer?.probabilities ?? {},
    );
    const rows = current.rows.map(({ file, answer, error }) => ({
      file: file.name,
      ...(answer === undefined ? { problem: plain(error) } : { answer }),
    }));
    download(toCsv(rows, classNames), 'pawprint-answers.csv');
  });
}

/** @param {unknown} error */
function plain(error) {
  const { title, detail } = wordsOf(error);
  return detail === undefined ? title : `${title}: ${detail}`;
}

export function hideSeveral() {
  current.rows = [];
  byId('several').hidden = true;
}
