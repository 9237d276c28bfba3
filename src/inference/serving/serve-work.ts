// What travels between the thread that talks HTTP and the threads that predict: jobs there, answers back.
import { toWire, type WireError } from '../../core/index.ts';
import type { ImageLimits } from '../../image/index.ts';
import type { ModelFile } from '../../models/index.ts';
import type { Explainer } from '../explanation/explainer.ts';
import type { ExplanationMethod } from '../explanation/feature-map.ts';
import type { Peak } from '../explanation/photo-map.ts';
import type { Prediction, Predictor, SeenPicture } from '../predictor.ts';
import type { PictureObservation, PictureObserver } from './picture-observer.ts';

export interface ServeSettings {
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
  /** null: answers do not say what the picture was like. */
  readonly observer: PictureObserver | null;
  /** Opened when it is first asked for: it has sessions of its own. */
  readonly explainer: () => Promise<Explainer>;
}

const epochMs = (): number => performance.timeOrigin + performance.now();

/** A job that is ready for the model, and its place in the batch. */
interface Row {
  readonly at: number;
  readonly decodeStart: number;
  readonly decodeEnd: number;
  readonly seen: SeenPicture | undefined;
}

/** Decodes each picture and predicts the good ones in one run; a bad one is an error in its place. */
export async function predictBatch(jobs: readonly ServeJob[], tools: ServeTools): Promise<ServeReply[]> {
  const { predictor, limits, observer } = tools;
  const width = predictor.recordBytes;
  const replies: (ServeReply | undefined)[] = jobs.map(() => undefined);
  const tensors = new Float32Array(jobs.length * width); // [N, 3, S, S]
  const rows: Row[] = [];
  for (const [at, job] of jobs.entries()) {
    const decodeStart = epochMs();
    try {
      const target = tensors.subarray(rows.length * width, (rows.length + 1) * width);
      const seen = job.kind === 'tensor' ? undefined : await predictor.lookAt(job.bytes, limits);
      if (job.kind === 'tensor') copyRow(job.values, target, predictor);
      else if (seen !== undefined) predictor.writeTensor(seen.record, target);
      rows.push({ at, decodeStart, decodeEnd: epochMs(), seen });
    } catch (error) {
      replies[at] = { error: toWire(error) };
    }
  }
  const runStart = epochMs();
  const tensor = tensors.subarray(0, rows.length * width);
  const { predictions, features } = await (observer === null
    ? { predictions: await predictor.predictTensor(tensor), features: null }
    : predictor.predictWithFeatures(tensor));
  const runEnd = epochMs();
  for (const [row, { at, seen, ...decoding }] of rows.entries()) {
    const [prediction, job] = [predictions[row], jobs[at]];
    if (prediction === undefined || job === undefined) throw new Error('the model answered for too few pictures');
    const observation = seen === undefined ? undefined : observer?.(seen, rowOf(features, row, rows.length));
    const times = { ...decoding, runStart, runEnd };
    const answer = { prediction, times, ...(observation === undefined ? {} : { observation }) };
    replies[at] = await withExplanation(answer, job, tools);
  }
  return replies.map((reply) => {
    if (reply === undefined) throw new Error('a picture got no answer');
    return reply;
  });
}

function rowOf(values: Float32Array | null, row: number, rows: number): Float32Array | null {
  if (values === null) return null;
  const width = values.length / rows;
  return values.subarray(row * width, (row + 1) * width);
}

/** Checked row by row, so that a bad one fails alone. */
function copyRow(values: Float32Array, target: Float32Array, predictor: Predictor): void {
  if (predictor.checkTensor(values) !== 1) throw new Error('a tensor job is one row');
  target.set(values);
}

async function withExplanation(answer: ServeAnswer, job: ServeJob, tools: ServeTools): Promise<ServeReply> {
  if (job.kind === 'tensor' || job.explain !== true) return { answer };
  try {
    const explainer = await tools.explainer();
    const photo = await explainer.explainPhoto(job.bytes, { limits: tools.limits });
    const { method, peak, prediction } = photo;
    return {
      answer: { ...answer, explanation: { method, peak, label: prediction.label, png: await photo.overlay() } },
    };
  } catch (error) {
    return { error: toWire(error) };
  }
}
