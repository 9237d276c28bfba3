// The model in a worker of the page: ONNX Runtime as WebAssembly, the service's own preprocessing, the model file's own
// settings. Messages: { start } once, then { id, photo } → { id, answer } or { id, problem }.
import { tensorFromRecord } from '../code/image/record.js';
import { createResizer } from '../code/image/resize.js';
import * as ort from '../runtime/ort.wasm.min.mjs';
import { pixelsOf } from './browser-pixels.js';
import { decide, probabilitiesOf } from './decision.js';
import { readModelMetadata } from './model-metadata.js';

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL('../runtime/', import.meta.url).href;

/** @type {Promise<Model>} */
let model;

/**
 * @typedef {object} Model
 * @property {import('./model-metadata.js').ModelMetadata} metadata
 * @property {string} version
 * @property {any} session
 * @property {ReturnType<typeof createResizer>} resizer
 */

/** @param {{ url: string, headers: Record<string, string> }} from @returns {Promise<Model>} */
async function load({ url, headers }) {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`The model could not be loaded: the service answered ${response.status}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const metadata = readModelMetadata(bytes);
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const version = (response.headers.get('etag') ?? '').replaceAll(/^W\/|"/g, '').slice(0, 12);
  return { metadata, version, session, resizer: createResizer(metadata.preprocessing) };
}

/** @param {Model} model @param {Blob} photo */
async function answer({ metadata, version, session, resizer }, photo) {
  const started = performance.now();
  const { preprocessing, classNames } = metadata;
  const size = preprocessing.imageSizePx;
  const record = resizer.toRecord(await pixelsOf(photo), new Uint8Array(3 * size * size));
  const image = new Float32Array(record.length);
  tensorFromRecord(record, preprocessing, image, 0);
  const { logits, familiarity } = await session.run({ image: new ort.Tensor('float32', image, [1, 3, size, size]) });
  const shares = probabilitiesOf(logits.data, metadata.temperature);
  return {
    ...decide({ metadata, shares, familiarity: familiarity?.data[0] }),
    probabilities: Object.fromEntries(classNames.map((name, i) => [name, shares[i] ?? 0])),
    model: { name: metadata.name, version },
    milliseconds: performance.now() - started,
  };
}

// One photo after the other: the session and the resizer have one memory each.
let last = Promise.resolve();
addEventListener('message', ({ data }) => {
  if (data.start !== undefined) {
    model = load(data.start);
    model.then(
      (loaded) => postMessage({ ready: { version: loaded.version } }),
      (error) => postMessage({ failed: String(error?.message ?? error) }),
    );
    return;
  }
  last = last.then(async () => {
    try {
      postMessage({ id: data.id, answer: await answer(await model, data.photo) });
    } catch (error) {
      postMessage({ id: data.id, problem: error instanceof Error ? error.message : String(error) });
    }
  });
});
