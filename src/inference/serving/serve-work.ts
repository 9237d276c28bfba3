// What travels between the thread that talks HTTP and the threads that predict: pictures there, answers back.
import { toWire, type WireError } from '../../core/index.ts';
import type { ImageLimits } from '../../image/index.ts';
import type { ModelFile } from '../../models/index.ts';
import type { Prediction, Predictor } from '../predictor.ts';

export interface ServeSettings {
  readonly file: ModelFile;
  /** What errors call the model. */
  readonly path: string;
  readonly limits: ImageLimits;
}

export type ServeRequest = readonly Uint8Array[];
export type ServeReply = { readonly prediction: Prediction } | { readonly error: WireError };

/** Decodes each picture and predicts the good ones in one run; a bad one is an error in its place. */
export async function predictBatch(
  images: ServeRequest,
  predictor: Predictor,
  limits: ImageLimits,
): Promise<ServeReply[]> {
  const replies: (ServeReply | undefined)[] = [];
  const records = new Uint8Array(images.length * predictor.recordBytes);
  const rows: number[] = [];
  for (const [i, bytes] of images.entries())
    try {
      records.set(await predictor.recordOf(bytes, limits), rows.length * predictor.recordBytes);
      rows.push(i);
    } catch (error) {
      replies[i] = { error: toWire(error) };
    }
  const predictions = await predictor.predictRecords(records.subarray(0, rows.length * predictor.recordBytes));
  rows.forEach((row, i) => {
    const prediction = predictions[i];
    if (prediction !== undefined) replies[row] = { prediction };
  });
  return Array.from({ length: images.length }, (_, i) => {
    const reply = replies[i];
    if (reply === undefined) throw new Error('the model answered for too few pictures');
    return reply;
  });
}
