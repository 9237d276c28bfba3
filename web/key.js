// The field for an API key, shown when the service answers 401.
import { whenKeyWanted } from './api.js';
import { byId } from './dom.js';

export function startKey() {
  const form = byId('key');
  const input = byId('key-input');
  /** @type {((key: string) => void)[]} */
  let waiting = [];
  whenKeyWanted(
    () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        form.hidden = false;
        input.value = '';
        input.focus();
      }),
  );
  form.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    form.hidden = true;
    for (const resolve of waiting) resolve(input.value.trim());
    waiting = [];
    input.value = '';
    byId('photo').focus();
  });
}
