// What travels between the thread that talks HTTP and the threads that predict: jobs there, answers back.
import { toWire, type WireError } from '../../core/index.ts';
import type { ImageLimits } from '../../image/index.ts';
import type { ModelFile } from '../../models/index.ts';
import type { Explainer } from '../explanation/explainer.ts';
import type { ExplanationMethod } from '../explanation/feature-map.ts';
import type { Peak } from '../explanation/photo-map.ts';
import type { Prediction, Predictor } from '../predictor.ts';
import type { PictureObservation, PictureObserver } from './picture-observer.ts';

export interface ServeSettings {
  /** Its bytes in a SharedArrayBuffer, so that a thread's start copies none. */
  readonly file: ModelFile;
  /** What errors call the model. */
  readonly path: string;
  readonly limits: ImageLimits;
  /** Whether answers say what the picture was like. */
  readonly observe: boolean;
}

export interface PictureJob {
  readonly kind: 'picture';
  /** An encoded picture. */
  readonly bytes: Uint8Array;
  /** Whether its heat map is wanted too. */
  readonly explain?: boolean;
}

export interface TensorJob {
  readonly kind: 'tensor';
  /** float32 [3, S, S], normalised: one row of what the model's input `image` takes. */
  readonly values: Float32Array;
}

export type ServeJob = PictureJob | TensorJob;

/** Why an answer is what it is, drawn over the photo. */
export interface ServedExplanation {
  readonly method: ExplanationMethod;
  /** The class that the heat speaks for. */
  readonly label: string;
  readonly png: Uint8Array;
  readonly peak: Peak | null;
}

/** Where the time went: epoch milliseconds, so that the clocks of all threads fit together. */
export interface ServeTimes {
  readonly decodeStart: number;
  readonly decodeEnd: number;
  readonly runStart: number;
  readonly runEnd: number;
}

export interface ServeAnswer {
  readonly prediction: Prediction;
  readonly times: ServeTimes;
  /** Where it was asked for; tensors have none. */
  readonly observation?: PictureObservation;
  readonly explanation?: ServedExplanation;
}

export type ServeReply = { readonly answer: ServeAnswer } | { readonly error: WireError };

/** What a worker thread works with. */
export interface ServeTools {
  readonly predictor: Predictor;
  readonly limits: ImageLimits;
  /** [3, S, S]: what the model is handed, used for job after job. Memory made anew for each makes the collector work. */
  readonly tensor: Float32Array;
  /** null: answers do not say what the picture was like. */
  readonly observer: PictureObserver | null;
  /** Opened when it is first asked for: it has sessions of its own. */
  readonly explainer: () => Promise<Explainer>;
}

const epochMs = (): number => performance.timeOrigin + performance.now();

/**
 * Answers each job in turn; a bad one is an error in its place. One model run a job: on one thread of a CPU a run of many
 * is no faster (docs/performance.md), but takes their number times the memory.
 */
export async function predictBatch(jobs: readonly ServeJob[], tools: ServeTools): Promise<ServeReply[]> {
  const replies: ServeReply[] = [];
  for (const job of jobs)
    try {
      replies.push({ answer: await answerOne(job, tools) });
    } catch (error) {
      replies.push({ error: toWire(error) });
    } finally {
      giveBack(job.kind === 'picture' ? job.bytes : job.values);
    }
  return replies;
}

/**
 * Frees memory that is this thread's own (a job came as a copy) and no longer needed. The collector, which counts objects
 * more than their bytes, would let a hundred photos gather first.
 */
function giveBack({ buffer }: Uint8Array | Float32Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

async function answerOne(job: ServeJob, tools: ServeTools): Promise<ServeAnswer> {
  const { predictor, limits, observer, tensor } = tools;
  const decodeStart = epochMs();
  const seen = job.kind === 'tensor' ? undefined : await predictor.lookAt(job.bytes, limits);
  if (job.kind === 'tensor') copyRow(job.values, tensor, predictor);
  else if (seen !== undefined) predictor.writeTensor(seen.record, tensor);
  const runStart = epochMs();
  const { predictions, features } = await (observer === null
    ? { predictions: await predictor.predictTensor(tensor), features: null }
    : predictor.predictWithFeatures(tensor));
  const runEnd = epochMs();
  const [prediction] = predictions;
  if (prediction === undefined) throw new Error('the model gave no answer');
  const observation = seen === undefined ? undefined : observer?.(seen, features);
  if (seen !== undefined) giveBack(seen.record);
  const times = { decodeStart, decodeEnd: runStart, runStart, runEnd };
  const answer = { prediction, times, ...(observation === undefined ? {} : { observation }) };
  if (job.kind === 'tensor' || job.explain !== true) return answer;
  return { ...answer, explanation: await explain(job, tools) };
}

function copyRow(values: Float32Array, target: Float32Array, predictor: Predictor): void {
  if (predictor.checkTensor(values) !== 1) throw new Error('a tensor job is one row');
  target.set(values);
}

async function explain({ bytes }: PictureJob, { explainer, limits }: ServeTools): Promise<ServedExplanation> {
  const photo = await (await explainer()).explainPhoto(bytes, { limits });
  const { method, peak, prediction } = photo;
  return { method, peak, label: prediction.label, png: await photo.overlay() };
}
