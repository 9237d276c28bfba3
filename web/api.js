// The service's HTTP API, and nothing else of the service. Refusals come as Problem: its own words (RFC 9457).

const root = new URL('../', import.meta.url);
const keyName = 'pawprint.key';
/** How often a request that is refused because others wait is tried again. */
const patience = 4;

/** Why there is no answer, in words for people. */
export class Problem extends Error {
  /** @param {{ title: string, detail?: string | undefined, hint?: string | undefined, status: number, code?: string | undefined }} told */
  constructor({ title, detail, hint, status, code }) {
    super(detail ?? title);
    this.title = title;
    this.detail = detail;
    this.hint = hint;
    this.status = status;
    this.code = code;
  }
}

/** @type {{ key: string, onKeyWanted: () => Promise<string> }} */
const access = { key: readKey(), onKeyWanted: () => Promise.resolve('') };

function readKey() {
  try {
    return sessionStorage.getItem(keyName) ?? '';
  } catch {
    return '';
  }
}

/**
 * What is asked for a key when the service wants one.
 * @param {() => Promise<string>} ask
 */
export function whenKeyWanted(ask) {
  access.onKeyWanted = ask;
}

/** @returns {Record<string, string>} */
export function authorization() {
  return access.key === '' ? {} : { authorization: `Bearer ${access.key}` };
}

/** @param {string} path below the service's root, without a slash in front */
export function address(path) {
  return new URL(path, root).href;
}

/**
 * @param {string} path
 * @param {RequestInit & { quiet?: boolean }} [options] quiet: a 401 asks nobody for a key
 * @returns {Promise<Response>} of a request that was not refused
 */
async function request(path, { quiet = false, ...init } = {}) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(address(path), {
      ...init,
      headers: { ...authorization(), ...init.headers },
    }).catch(() => {
      throw new Problem({
        title: 'The service does not answer',
        detail: 'No connection could be made, or it broke.',
        hint: 'Check that it still runs, then try again.',
        status: 0,
      });
    });
    if (response.ok) return response;
    if (response.status === 401 && !quiet) {
      await replaceKey();
      continue;
    }
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    if (response.status === 429 && !quiet && attempt < patience) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(10, Number.isFinite(wait) ? wait : 1)));
      continue;
    }
    throw await problemOf(response);
  }
}

/**
 * @param {string} path
 * @param {RequestInit & { quiet?: boolean }} [options]
 * @returns {Promise<any>} the answer's JSON
 */
async function call(path, options) {
  return (await request(path, options)).json();
}

async function replaceKey() {
  access.key = await access.onKeyWanted();
  try {
    sessionStorage.setItem(keyName, access.key);
  } catch {
    // It is then asked for again on the next visit.
  }
}

/** @param {Response} response */
async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  return new Problem({
    title: body.title ?? `The service refused (${response.status})`,
    detail: body.detail,
    hint: body.hint,
    status: response.status,
    code: body.code,
  });
}

/**
 * @param {Blob} photo
 * @param {{ explain?: boolean }} [options]
 */
export function predict(photo, { explain = false } = {}) {
  const body = new FormData();
  body.append('file', photo, photo instanceof File ? photo.name : 'photo');
  return call(explain ? 'predict?explain=true' : 'predict', { method: 'POST', body });
}

/**
 * Tells the service what a photo really was.
 * @param {string} requestId
 * @param {string} label
 */
export function sendFeedback(requestId, label) {
  return call('feedback', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ requestId, label }),
  });
}

export function stats() {
  return call('stats', { quiet: true });
}

/** Makes sure that the model file may be fetched, with a key if need be. */
export async function reachModel() {
  await request('model.onnx', { method: 'HEAD' });
}
