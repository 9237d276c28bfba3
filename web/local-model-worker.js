// The model in a worker of the page: ONNX Runtime as WebAssembly, the service's own preprocessing, the model file's own
// settings. Messages: { start } once, then { id, photo } → { id, answer } or { id, problem }.
import { tensorFromRecord } from '../code/image/record.js';
import { createResizer } from '../code/image/resize.js';
// @ts-expect-error Served out of a package that has no types for this file.
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
  const model = { metadata, version, session, resizer: createResizer(metadata.preprocessing) };
  await prove(model);
  return model;
}

/** As in the service, a model answers only once it has given the known answer of its file. @param {Model} model */
async function prove(model) {
  const known = model.metadata.knownAnswer;
  if (known === undefined) return;
  const picture = Uint8Array.from(atob(known.image), (character) => character.charCodeAt(0));
  const { logits } = await run(model, new Blob([picture], { type: 'image/jpeg' }));
  if (known.logits.some((logit, i) => !(Math.abs(logit - logits.data[i]) <= known.tolerance)))
    throw new Error('The model does not give its known answer in this browser.');
}

/** The model's outputs for a photo. @param {Model} model @param {Blob} photo */
async function run({ metadata: { preprocessing }, session, resizer }, photo) {
  const size = preprocessing.imageSizePx;
  const record = resizer.toRecord(await pixelsOf(photo), new Uint8Array(3 * size * size));
  const image = new Float32Array(record.length);
  tensorFromRecord(record, preprocessing, image, 0);
  return session.run({ image: new ort.Tensor('float32', image, [1, 3, size, size]) });
}

/** @param {Model} model @param {Blob} photo */
async function answer(model, photo) {
  const started = performance.now();
  const { metadata, version } = model;
  const { logits, familiarity } = await run(model, photo);
  const shares = probabilitiesOf(logits.data, metadata.temperature);
  return {
    ...decide({ metadata, shares, familiarity: familiarity?.data[0] }),
    probabilities: Object.fromEntries(metadata.classNames.map((name, i) => [name, shares[i] ?? 0])),
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
