// A worker thread of the service: one model, one session of one thread. ONNX Runtime blocks the thread that calls it, so
// that it is never called on the one that answers HTTP.
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../../core/index.ts';
import { Predictor } from '../predictor.ts';
import { predictBatch, type ServeReply, type ServeRequest, type ServeSettings } from './serve-work.ts';

const { file, path, limits } = workerData as ServeSettings;
// Before the pool is told that this thread is there: one that is ended while it makes a session crashes the process.
const predictor = await Predictor.open(file, path, { threads: 1 });

serveWorker<ServeRequest, ServeReply[]>((images) => predictBatch(images, predictor, limits));
