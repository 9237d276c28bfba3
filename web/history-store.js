// What this browser remembers of its photos, in IndexedDB: small copies and answers, never the photos. Where the browser
// forbids it, nothing is remembered.

const limit = 60;

/**
 * @typedef {object} Memory
 * @property {number} [id]
 * @property {string} file
 * @property {string} at ISO time
 * @property {import('./answer.js').Answer} answer
 * @property {Blob} thumb
 * @property {string} [truth] what the photo really was, if somebody said so
 */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('pawprint', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('photos', { keyPath: 'id', autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @template Result
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<Result>} work
 * @returns {Promise<Result>}
 */
async function within(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction('photos', mode);
      const request = work(transaction.objectStore('photos'));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<Memory[]>} the latest first */
export async function readMemories() {
  const all = await within('readonly', (store) => store.getAll()).catch(() => []);
  return all.reverse();
}

/** @param {Memory} memory @returns {Promise<number | undefined>} its id */
export async function keepMemory(memory) {
  try {
    const id = await within('readwrite', (store) => store.put(memory));
    const keys = await within('readonly', (store) => store.getAllKeys());
    const excess = keys[keys.length - limit - 1];
    if (excess !== undefined) await within('readwrite', (store) => store.delete(IDBKeyRange.upperBound(excess)));
    return Number(id);
  } catch {
    return undefined;
  }
}

export async function forgetMemories() {
  await within('readwrite', (store) => store.clear()).catch(() => undefined);
}
