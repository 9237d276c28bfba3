// One worker's part: photos one by one through decoding, preprocessing and the backbone. One photo a run, whatever the
// caller's batches: no slower than many on one thread, and the numbers cannot depend on the company a photo is in.
import { readFile } from 'node:fs/promises';
import { asPawprintError, hashBytes, PawprintError, toWire, type WireError } from '../core/index.ts';
import { createPreprocessor, type Preprocessing, tensorFromRecord } from '../image/index.ts';
import { createSession, type Tensors } from '../runtime/index.ts';
import type { FeatureRow, View } from './feature-cache.ts';

/** What a worker is started with. */
export interface ExtractSettings {
  /** ONNX bytes: one input [N, 3, S, S], outputs as named. */
  readonly model: Uint8Array;
  readonly inputName: string;
  readonly featuresOutput: string;
  readonly classLogitsOutput: string | null;
  readonly preprocessing: Preprocessing;
}

/** One photo to be looked at. `md5`: what its bytes must hash to; undefined: anything. */
export interface ExtractPhoto {
  readonly path: string;
  readonly md5: string | undefined;
  readonly views: readonly View[];
}
export type ExtractRequest = readonly ExtractPhoto[];
export type ExtractReply =
  { readonly rows: Readonly<Partial<Record<View, FeatureRow>>> } | { readonly error: WireError };

/** A function that answers for photos, one after the other; one bad photo is an error in its place. */
export function createExtraction(settings: ExtractSettings): (photos: ExtractRequest) => Promise<ExtractReply[]> {
  const { preprocessing } = settings;
  const size = preprocessing.imageSizePx;
  const preprocessor = createPreprocessor(preprocessing);
  const input = { data: new Float32Array(3 * size * size), dims: [1, 3, size, size] };
  // The same options as the Predictor's but for the threads, which change no result of the integer kernels.
  const session = createSession(settings.model, { threads: 1 });
  session.catch(() => undefined); // told to whoever asks first
  const look = async (record: Uint8Array, view: View): Promise<FeatureRow> => {
    tensorFromRecord(view === 'plain' ? record : mirrored(record, size), preprocessing, input.data, 0);
    const wantsLogits = view === 'plain' && settings.classLogitsOutput !== null;
    const fetches = [settings.featuresOutput, ...(wantsLogits ? [settings.classLogitsOutput] : [])];
    const outputs = await (await session).run({ [settings.inputName]: input }, fetches);
    return {
      features: numbers(outputs, settings.featuresOutput),
      classLogits: wantsLogits ? numbers(outputs, settings.classLogitsOutput) : null,
    };
  };
  return async (photos) => {
    await session;
    const replies: ExtractReply[] = [];
    for (const photo of photos)
      try {
        const bytes = await readFile(photo.path);
        checkContent(bytes, photo);
        const record = await preprocessor.record(bytes);
        const rows: Partial<Record<View, FeatureRow>> = {};
        for (const view of photo.views) rows[view] = await look(record, view);
        replies.push({ rows });
      } catch (error) {
        replies.push({ error: toWire(asPhotoError(error, photo.path)) });
      }
    return replies;
  };
}

function numbers(outputs: Tensors, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`the backbone gave no ${name}`);
  // A copy: small enough, and nobody else's memory.
  return Float32Array.from(data);
}

/** Left and right exchanged: [3, S, S] row by row. */
function mirrored(record: Uint8Array, size: number): Uint8Array {
  const turned = Uint8Array.from(record);
  for (let row = 0; row < turned.length; row += size) turned.subarray(row, row + size).reverse();
  return turned;
}

function checkContent(bytes: Uint8Array, { path, md5 }: ExtractPhoto): void {
  if (md5 === undefined) return;
  const received = hashBytes('md5', bytes);
  if (received === md5) return;
  throw new PawprintError('CHECKSUM_MISMATCH', {
    message: `${path} has changed since it was listed`,
    expected: `md5 ${md5}`,
    received: `md5 ${received}`,
    hint: 'Prepare the data set again.',
  });
}

/** Any failure of one photo as the house error. */
function asPhotoError(error: unknown, path: string): PawprintError {
  const known = asPawprintError(error, `reading ${path}`);
  if (known instanceof PawprintError) return known;
  return new PawprintError('IMAGE_UNREADABLE', {
    message: `${path} cannot be read: ${known instanceof Error ? known.message : String(known)}`,
    hint: 'Check that it is a picture file.',
    cause: error,
  });
}
