// The panel with the answer to one photo: the word, how sure, why not, each class, and whether it was right.
import { Problem, sendFeedback } from './api.js';
import { tone } from './charts.js';
import { byId, draw, make } from './dom.js';
import { duration, percent, statedWord } from './words.js';

/**
 * @typedef {object} Answer what POST /predict gives, or the model in this browser
 * @property {string} label the likeliest class
 * @property {number} confidence its probability
 * @property {string} answer the label, `unsure` or `neither`
 * @property {string | null} [why] why it is unsure or neither
 * @property {Record<string, number>} probabilities
 * @property {{ method: string, label: string, image: string }} [explanation]
 * @property {{ name: string, version: string }} model
 * @property {number} milliseconds
 * @property {string} [requestId] absent: the photo never left the browser
 */

/**
 * Before the first photo.
 * @param {readonly string[]} classNames none while they are not known
 */
export function showNothing(classNames) {
  const text = 'It appears here as soon as there is a photo: what the model takes it for, and how sure it is.';
  const empty = bars(classNames.map((name) => ({ name, share: 0, text: '–' })));
  fill(make('p', { class: 'quiet' }, text), ...(classNames.length === 0 ? [] : [empty]));
}

/** @param {string} text */
export function showWaiting(text) {
  fill(make('p', { class: 'quiet' }, text), make('div', { class: 'waiting' }));
  byId('answer').setAttribute('aria-busy', 'true');
}

/**
 * @param {Answer} answer
 * @param {object} options
 * @param {boolean} [options.remembered] out of the history: nothing to ask any more
 * @param {(label: string) => void} [options.onFeedback] told what the photo really was, once the service has noted it
 */
export function showAnswer(answer, { remembered = false, onFeedback = () => undefined } = {}) {
  const classNames = Object.keys(answer.probabilities);
  const word = statedWord(answer, classNames);
  const stands = classNames.includes(answer.answer);
  fill(
    make(
      'div',
      {},
      make('p', { class: 'stated' }, word),
      make(
        'p',
        { class: 'sureness' },
        stands
          ? `${percent(answer.confidence)} sure`
          : answer.answer === 'unsure'
            ? `rather ${answer.label}, but only ${percent(answer.confidence)} sure`
            : `if it had to choose: ${answer.label}`,
      ),
    ),
    ...(stands ? [] : [make('p', { class: 'why' }, make('strong', {}, `Why ${answer.answer}? `), whyOf(answer))]),
    bars(Object.entries(answer.probabilities).map(([name, share]) => ({ name, share, text: percent(share) }))),
    ...(answer.requestId === undefined || remembered ? [] : [askBack(answer, classNames, onFeedback)]),
    facts(answer),
  );
  bringIntoView();
  say(`${word}. ${stands ? `${percent(answer.confidence)} sure.` : whyOf(answer)}`);
}

/**
 * @param {unknown} error
 * @param {string} [what] the file's name
 */
export function showProblem(error, what) {
  fill(problemBox(error, what));
  bringIntoView();
}

/**
 * What went wrong in the service's own words, read out at once.
 * @param {unknown} error
 * @param {string} [what]
 */
export function problemBox(error, what) {
  const { title, detail, hint } = wordsOf(error);
  return make(
    'div',
    { class: 'problem', role: 'alert' },
    make('strong', {}, title),
    ...(detail === undefined
      ? []
      : [make('p', {}, what === undefined ? sentence(detail) : `${what}: ${sentence(detail)}`)]),
    ...(hint === undefined ? [] : [make('p', {}, sentence(hint))]),
  );
}

/** @param {unknown} error @returns {{ title: string, detail?: string | undefined, hint?: string | undefined }} */
export function wordsOf(error) {
  if (error instanceof Problem) return error;
  return { title: 'Something went wrong in this page', detail: error instanceof Error ? error.message : String(error) };
}

/** @param {string} text */
function sentence(text) {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}

/** @param {...Node} content */
function fill(...content) {
  byId('answer-body').replaceChildren(...content);
  byId('answer').setAttribute('aria-busy', 'false');
}

/** On a phone the answer stands below the photo. */
function bringIntoView() {
  if (matchMedia('(max-width: 56rem)').matches) byId('answer').scrollIntoView({ block: 'nearest' });
}

/** For screen readers; the panel itself would be read as a whole. @param {string} text */
export function say(text) {
  byId('spoken').textContent = text;
}

/** @param {Answer} answer */
function whyOf({ answer, why, confidence }) {
  if (typeof why === 'string') return sentence(why);
  return answer === 'neither'
    ? 'The photo is unlike those that the model was trained on.'
    : `At ${percent(confidence)} the model would be wrong too often.`;
}

/** @param {readonly { name: string, share: number, text: string }[]} classes */
function bars(classes) {
  const rows = classes.map(({ name, share, text }, i) =>
    make(
      'li',
      {},
      make('div', { class: 'label' }, make('span', {}, name), make('span', { class: 'number' }, text)),
      draw(
        'svg',
        { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        draw('rect', { class: tone(i), width: 100 * share, height: 4 }),
      ),
    ),
  );
  return make('ul', { class: 'bars', 'aria-label': 'Probability of each class' }, ...rows);
}

/**
 * Was it right? Where the model stood by nothing: what is it?
 * @param {Answer} answer
 * @param {readonly string[]} classNames
 * @param {(label: string) => void} onFeedback
 */
function askBack({ label, answer, requestId = '' }, classNames, onFeedback) {
  const stood = answer === label;
  const title = make('h3', { id: 'back-title' }, stood ? 'Was this right?' : 'What is it?');
  const buttons = make('div', { class: 'row' });
  const box = make('div', { class: 'asked', role: 'group', 'aria-labelledby': 'back-title' }, title, buttons);
  for (const name of stood ? [label, ...classNames.filter((other) => other !== label)] : classNames) {
    const text = stood ? `${name === label ? 'Yes' : 'No'}, ${name}` : name;
    const button = make('button', { type: 'button' }, text);
    button.addEventListener('click', async () => {
      for (const each of buttons.querySelectorAll('button')) each.disabled = true;
      try {
        await sendFeedback(requestId, name);
        const thanks = make('p', { class: 'thanks', role: 'status', tabindex: '-1' }, `Thank you, noted: ${name}.`);
        buttons.replaceWith(thanks);
        thanks.focus();
        onFeedback(name);
      } catch (error) {
        for (const each of buttons.querySelectorAll('button')) each.disabled = false;
        box.querySelector('.problem')?.remove();
        box.append(problemBox(error));
        button.focus();
      }
    });
    buttons.append(button);
  }
  return box;
}

/** @type {Readonly<Record<string, string>>} */
const methods = {
  cam: 'class activation map',
  'grad-cam': 'Grad-CAM',
  'pixel-contribution': 'contribution of each pixel',
};

/** @param {Answer} answer */
function facts({ model, milliseconds, requestId, explanation }) {
  /** @type {[string, string][]} */
  const rows = [
    ['Answered by', requestId === undefined ? 'the model in this browser' : 'the service'],
    ['Took', duration(milliseconds)],
    ['Model', `${model.name}, version ${model.version}`],
  ];
  if (explanation !== undefined)
    rows.push([
      'Heat map',
      `evidence for ${explanation.label}, by ${methods[explanation.method] ?? explanation.method}`,
    ]);
  if (requestId !== undefined) rows.push(['Request', requestId]);
  return make(
    'details',
    {},
    make('summary', {}, 'Details'),
    make('dl', { class: 'facts' }, ...rows.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)])),
  );
}
