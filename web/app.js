// The page: where photos go, who answers them, and what is shown. Each part has its own file; this one joins them.
import { say, showAnswer, showNothing, showProblem, showWaiting } from './answer.js';
import { predict, reachModel } from './api.js';
import { startCamera } from './camera.js';
import { byId } from './dom.js';
import { remember as keepInHistory, startHistory } from './history.js';
import { startIncoming } from './incoming.js';
import { startKey } from './key.js';
import { startLive } from './live.js';
import { startLocalModel } from './local-model.js';
import { showHeat, showPicture } from './picture.js';
import { recall, remember } from './remembered.js';
import { answerSeveral, hideSeveral, startCsv } from './several.js';
import { startTheme } from './theme.js';
import { listed } from './words.js';

const heat = byId('heat');
const local = byId('local');

/** @type {{ turn: number, file: File | undefined, localModel: import('./local-model.js').LocalModel | undefined }} */
const state = { turn: 0, file: undefined, localModel: undefined };

/** @param {File} file @param {{ explain?: boolean }} [options] */
async function ask(file, { explain = false } = {}) {
  return local.checked ? (await readyLocal()).ask(file) : predict(file, { explain });
}

/** The model in this browser, started when it is first wanted; one that fails is started anew the next time. */
async function readyLocal() {
  if (state.localModel === undefined) await reachModel();
  const localModel = (state.localModel ??= startLocalModel());
  try {
    await localModel.ready;
  } catch (error) {
    localModel.close();
    state.localModel = undefined;
    throw error;
  }
  return localModel;
}

/** @param {File[]} files */
function receive(files) {
  const [only] = files;
  if (files.length === 1 && only !== undefined) {
    hideSeveral();
    void answerOne(only);
    return;
  }
  const turn = ++state.turn;
  state.file = undefined;
  showWaiting('The table below fills as the answers come.');
  void answerSeveral(files, {
    ask,
    onDone: (row) => {
      if (row.answer !== undefined) void keepInHistory(row.file, row.answer, showMemory);
      // The first is shown on its own, so that there is something to look at.
      if (row.file === only && turn === state.turn) showRow(row);
    },
    onShow: (row) => {
      byId('photo').scrollIntoView({ block: 'start' });
      showRow(row);
    },
  });
}

/** @param {File} file */
async function answerOne(file) {
  const turn = ++state.turn;
  state.file = file;
  showPicture(file, file.name);
  showWaiting(local.checked && state.localModel === undefined ? 'The model is being loaded…' : 'Looking…');
  try {
    const answer = await ask(file, { explain: heat.checked });
    if (turn !== state.turn) return;
    await present(file, answer);
  } catch (error) {
    if (turn === state.turn) showProblem(error, file.name);
  }
}

/** @param {File} file @param {import('./answer.js').Answer} answer */
async function present(file, answer) {
  showHeat(heat.checked ? answer.explanation : undefined);
  if (heat.checked && answer.explanation === undefined) noteHeat(local.checked);
  /** @type {Promise<(truth: string) => Promise<void>>} */
  const kept = keepInHistory(file, answer, showMemory);
  showAnswer(answer, { onFeedback: async (truth) => (await kept)(truth) });
  await kept;
}

/** @param {import('./several.js').Row} row */
function showRow({ file, answer, error }) {
  state.turn++;
  state.file = file;
  showPicture(file, file.name);
  if (answer === undefined) showProblem(error, file.name);
  else showAnswer(answer);
}

/** @param {import('./history-store.js').Memory} memory */
function showMemory({ thumb, file, answer }) {
  state.turn++;
  state.file = undefined;
  showPicture(thumb, file);
  byId('photo').scrollIntoView({ block: 'start' });
  showAnswer(answer, { remembered: true });
}

/** @param {boolean} isLocal */
function noteHeat(isLocal) {
  byId('heat-note').textContent = isLocal
    ? 'The service draws the heat map; the model in this browser has none.'
    : 'This service gives no heat map.';
}

function startSwitches() {
  heat.checked = recall('heat') !== 'off';
  heat.addEventListener('change', () => {
    remember('heat', heat.checked ? 'on' : 'off');
    byId('heat-note').textContent = 'Shows where the answer rests.';
    if (!heat.checked) showHeat(undefined);
    else if (state.file !== undefined) void answerOne(state.file);
  });
  local.addEventListener('change', () => {
    if (state.file !== undefined) void answerOne(state.file);
    else if (local.checked) void loadLocal();
  });
}

/** Loads it before the first photo, so that the first answer is quick. */
async function loadLocal() {
  say('The model is being loaded into this browser.');
  try {
    await readyLocal();
    say('The model is ready in this browser.');
  } catch (error) {
    local.checked = false;
    showProblem(error);
  }
}

/** @param {any} stats */
function showService(stats) {
  const dot = byId('dot');
  dot.className = stats === null ? 'dot bad' : 'dot good';
  if (stats === null) {
    byId('model-text').textContent = 'The service does not answer';
    return;
  }
  const { name, kind, classNames, sha256 = '' } = stats.model;
  byId('model-text').textContent = `${name === kind ? name : `${name}, ${kind}`} · ${sha256.slice(0, 7)}`;
  byId('lead').textContent =
    `The model tells ${listed(classNames, 'from')} apart. Drop a photo, paste one, choose files or use the camera.`;
  if (state.turn === 0) showNothing(classNames);
  void renewLocal(sha256);
}

/** A model that the service has changed for another is loaded anew at the next photo. @param {string} sha256 */
async function renewLocal(sha256) {
  const { localModel } = state;
  if (localModel === undefined) return;
  const version = await localModel.ready.then((ready) => ready.version).catch(() => '');
  if (sha256.startsWith(version) || state.localModel !== localModel) return;
  localModel.close();
  state.localModel = undefined;
}

if (/Mac|iPhone|iPad/.test(navigator.userAgent)) byId('paste-key').textContent = '⌘';
startTheme(byId('theme'));
startKey();
startSwitches();
startCsv();
startIncoming(receive);
startCamera((photo) => receive([photo]));
showNothing([]);
void startHistory(showMemory);
startLive(showService);
