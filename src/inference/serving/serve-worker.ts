// A worker thread of the service: one model, one session of one thread. ONNX Runtime blocks the thread that calls it, so
// that it is never called on the one that answers HTTP.
import { workerData } from 'node:worker_threads';
import { PawprintError, serveWorker } from '../../core/index.ts';
import type { Explainer } from '../explanation/explainer.ts';
import type { ModelFile } from '../../models/index.ts';
import { Predictor } from '../predictor.ts';
import { createPictureObserver } from './picture-observer.ts';
import { predictBatch, type ServeJob, type ServeReply, type ServeSettings } from './serve-work.ts';
import { lowerThreadPriority } from './thread-priority.ts';

lowerThreadPriority();
const { file, path, limits, observe } = workerData as ServeSettings;
/** The bytes are shared by all threads; the engine wants a copy of its own, but not for longer than it reads. */
const ownCopy = (): ModelFile & { bytes: Uint8Array<ArrayBuffer> } => ({ ...file, bytes: Uint8Array.from(file.bytes) });
const copy = ownCopy();
// Before the pool is told that this thread is there: one that is ended while it makes a session crashes the process.
const predictor = await Predictor.open(copy, path, { threads: 1 });
copy.bytes.buffer.transfer(0);
// Each thread proves itself before its first answer, those too that take the place of one that died.
if ((await predictor.proveKnownAnswer()) === 'absent')
  throw new PawprintError('MODEL_INVALID', {
    message: `${path} holds no known answer, so that a service cannot prove itself`,
    expected: 'a model file of this version of Pawprint',
    hint: 'Train the model anew.',
  });

let opened: Promise<Explainer> | undefined;
/** Drawing and graph rewriting are loaded with it: most services never explain. */
async function openExplainer(): Promise<Explainer> {
  const { createExplainer } = await import('../explanation/explainer.ts');
  return createExplainer(ownCopy(), { threads: 1, name: path });
}
const explainer = (): Promise<Explainer> => (opened ??= openExplainer());

const observer = observe ? createPictureObserver() : null;
const tensor = new Float32Array(predictor.recordBytes); // as many numbers as a record has bytes

serveWorker<readonly ServeJob[], ServeReply[]>((jobs) =>
  predictBatch(jobs, { predictor, limits, tensor, observer, explainer }),
);
