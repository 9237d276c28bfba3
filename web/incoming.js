// Ways for photos to come in: chosen, dropped anywhere on the page, pasted, or taken by a phone's own camera.
import { byId } from './dom.js';

/** @param {(files: File[]) => void} onFiles never told of none */
export function startIncoming(onFiles) {
  const give = (/** @type {Iterable<File>} */ files) => {
    const all = [...files];
    if (all.length > 0) onFiles(all);
  };
  for (const id of ['files', 'capture']) {
    const input = byId(id);
    input.addEventListener('change', () => {
      give(input.files);
      // The same file may be chosen again.
      input.value = '';
    });
  }
  byId('choose').addEventListener('click', () => byId('files').click());
  byId('stage').addEventListener('click', (/** @type {Event} */ event) => {
    if (event.target instanceof Element && event.target.closest('.invitation') !== null) byId('files').click();
  });
  startDropping(give);
  document.addEventListener('paste', (event) => give(event.clipboardData?.files ?? []));
}

/** @param {(files: Iterable<File>) => void} give */
function startDropping(give) {
  let depth = 0;
  const mark = () => document.body.classList.toggle('dragging', depth > 0);
  document.addEventListener('dragenter', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    depth++;
    mark();
  });
  document.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    mark();
  });
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    depth = 0;
    mark();
    give(event.dataTransfer.files);
  });
}
