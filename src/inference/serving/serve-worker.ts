// A worker thread of the service: one model, one session of one thread. ONNX Runtime blocks the thread that calls it, so
// that it is never called on the one that answers HTTP.
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../../core/index.ts';
import type { Explainer } from '../explanation/explainer.ts';
import type { ModelFile } from '../../models/index.ts';
import { Predictor } from '../predictor.ts';
import { predictBatch, type ServeJob, type ServeReply, type ServeSettings } from './serve-work.ts';

const { file, path, limits } = workerData as ServeSettings;
/** The bytes are shared by all threads; the engine wants a copy of its own, but not for longer than it reads. */
const ownCopy = (): ModelFile & { bytes: Uint8Array<ArrayBuffer> } => ({ ...file, bytes: Uint8Array.from(file.bytes) });
const copy = ownCopy();
// Before the pool is told that this thread is there: one that is ended while it makes a session crashes the process.
const predictor = await Predictor.open(copy, path, { threads: 1 });
copy.bytes.buffer.transfer(0);
// Each thread proves itself before its first answer, those too that take the place of one that died.
await predictor.proveKnownAnswer();

let opened: Promise<Explainer> | undefined;
/** Drawing and graph rewriting are loaded with it: most services never explain. */
async function openExplainer(): Promise<Explainer> {
  const { createExplainer } = await import('../explanation/explainer.ts');
  return createExplainer(ownCopy(), { threads: 1, name: path });
}
const explainer = (): Promise<Explainer> => (opened ??= openExplainer());

const tensor = new Float32Array(predictor.recordBytes); // as many numbers as a record has bytes
serveWorker<readonly ServeJob[], ServeReply[]>((jobs) => predictBatch(jobs, { predictor, limits, tensor, explainer }));
