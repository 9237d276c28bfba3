// The strip of photos that this browser has seen: kept, shown again, cleared.
import { say } from './answer.js';
import { byId, make } from './dom.js';
import { forgetMemories, keepMemory, readMemories } from './history-store.js';
import { percent, statedWord } from './words.js';

const thumbPx = 192;

/** @type {string[]} */
let addresses = [];

/** @param {(memory: import('./history-store.js').Memory) => void} onShow */
export async function startHistory(onShow) {
  byId('history-clear').addEventListener('click', async () => {
    await forgetMemories();
    await showMemories(onShow);
    byId('photo').focus();
    say('The history is cleared.');
  });
  await showMemories(onShow);
}

/**
 * Remembers a photo and its answer; returns a way to add what it really was.
 * @param {File} file
 * @param {import('./answer.js').Answer} answer
 * @param {(memory: import('./history-store.js').Memory) => void} onShow
 */
export async function remember(file, answer, onShow) {
  const thumb = await shrink(file).catch(() => undefined);
  if (thumb === undefined) return () => Promise.resolve();
  // Without the heat map, which is as large as a photo.
  const memory = { file: file.name, at: new Date().toISOString(), answer: { ...answer }, thumb };
  delete memory.answer.explanation;
  const id = await keepMemory(memory);
  await showMemories(onShow);
  return async (/** @type {string} */ truth) => {
    if (id !== undefined) await keepMemory({ ...memory, id, truth });
    await showMemories(onShow);
  };
}

/** @param {Blob} file */
async function shrink(file) {
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = make('canvas', { width: thumbPx, height: thumbPx });
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#808080';
  context.fillRect(0, 0, thumbPx, thumbPx);
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  context.drawImage(bitmap, left, top, side, side, 0, 0, thumbPx, thumbPx);
  bitmap.close();
  return new Promise((/** @type {(blob: Blob | undefined) => void} */ resolve) =>
    canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', 0.8),
  );
}

/** @param {(memory: import('./history-store.js').Memory) => void} onShow */
async function showMemories(onShow) {
  const memories = await readMemories();
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = [];
  byId('history').hidden = memories.length === 0;
  byId('memories').replaceChildren(
    ...memories.map((memory) => {
      const src = URL.createObjectURL(memory.thumb);
      addresses.push(src);
      const { answer, file, truth } = memory;
      const button = make(
        'button',
        { type: 'button', title: `${file}, ${new Date(memory.at).toLocaleString()}` },
        make('img', { src, alt: '', width: thumbPx, height: thumbPx }),
        make('span', { class: 'what' }, statedWord(answer, Object.keys(answer.probabilities))),
        make(
          'span',
          { class: 'quiet' },
          percent(answer.confidence),
          truth === undefined ? '' : truth === answer.label ? ' · right' : ` · was ${truth}`,
        ),
        make('span', { class: 'unseen' }, `, ${file}: show again`),
      );
      button.addEventListener('click', () => onShow(memory));
      return make('li', {}, button);
    }),
  );
}
