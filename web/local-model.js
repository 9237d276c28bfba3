// The model in this browser, seen from the page: a worker that is started when it is first wanted.
import { address, authorization } from './api.js';

/**
 * @typedef {object} LocalModel
 * @property {Promise<{ version: string }>} ready
 * @property {(photo: Blob) => Promise<import('./answer.js').Answer>} ask
 * @property {() => void} close
 */

/** @returns {LocalModel} */
export function startLocalModel() {
  const worker = new Worker(new URL('local-model-worker.js', import.meta.url), { type: 'module' });
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  const asked = new Map();
  let next = 0;
  const ready = new Promise((/** @type {(ready: { version: string }) => void} */ resolve, reject) => {
    worker.addEventListener('message', ({ data }) => {
      if (data.ready !== undefined) resolve(data.ready);
      else if (data.failed !== undefined) reject(new Error(data.failed));
      else if (data.problem !== undefined) asked.get(data.id)?.reject(new Error(data.problem));
      else asked.get(data.id)?.resolve(data.answer);
      asked.delete(data.id);
    });
    worker.addEventListener('error', () => reject(new Error('The model could not be started in this browser.')));
  });
  worker.postMessage({ start: { url: address('model.onnx'), headers: authorization() } });
  return {
    ready,
    ask: async (photo) => {
      await ready;
      const id = next++;
      return new Promise((resolve, reject) => {
        asked.set(id, { resolve, reject });
        worker.postMessage({ id, photo });
      });
    },
    close: () => worker.terminate(),
  };
}
