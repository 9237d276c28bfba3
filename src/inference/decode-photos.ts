// Photos in, records out, in the same order: decoded on worker threads, with only so many under way that memory does
// not grow with their number. A handful is decoded on this thread, sparing the start of workers.
import { createWorkerPool, defaultWorkerCount, PawprintError, workerScript, type WorkerPool } from '../core/index.ts';
import { createPreprocessor } from '../image/records.ts';
import { decodeChunk, type DecodeReply, type DecodeRequest, type RecordSettings } from './decode-chunk.ts';
import { asPhotoError, type PhotoInput } from './photo-input.ts';

/** Photos a worker gets at once: enough to stay busy while a batch runs through the model on this thread. */
const chunkPhotos = 16;
/** Chunks under way for each worker: one being decoded, one waiting. */
const chunksPerWorker = 2;

export type DecodedPhoto =
  | { readonly input: PhotoInput; readonly record: Uint8Array; readonly md5: string }
  | { readonly input: PhotoInput; readonly error: PawprintError };

export interface DecodeOptions {
  readonly settings: RecordSettings;
  /** Worker threads; every core unless told. 0 decodes on this thread. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

type Inputs = AsyncIterable<PhotoInput> | Iterable<PhotoInput>;
type Decodable = DecodeRequest[number];
type Decode = (photos: DecodeRequest) => Promise<DecodeReply[]>;

/** Throws CANCELLED once `signal` has aborted. */
export function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  if (signal.reason instanceof PawprintError) throw signal.reason;
  throw new PawprintError('CANCELLED', { message: 'stopped on request' });
}

async function* inChunks(inputs: Inputs, signal: AbortSignal | undefined): AsyncGenerator<PhotoInput[]> {
  let chunk: PhotoInput[] = [];
  for await (const input of inputs) {
    checkCancelled(signal);
    chunk.push(input);
    if (chunk.length < chunkPhotos) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * Decodes each input to its uint8 record [3, S, S] in input order; a photo that cannot be decoded is an error in its
 * place. Throws CANCELLED when `signal` aborts, and whatever `inputs` throws.
 */
export async function* decodePhotos(inputs: Inputs, options: DecodeOptions): AsyncGenerator<DecodedPhoto> {
  const { settings, signal } = options;
  const { imageSizePx, fit, filter } = settings;
  const chunks = inChunks(inputs, signal);
  const workers = options.workers ?? defaultWorkerCount();
  const underWay: Promise<DecodedPhoto[]>[] = [];
  let pool: WorkerPool<DecodeRequest, DecodeReply[]> | undefined;
  const decodeHere: Decode = (photos) => decodeChunk(photos, createPreprocessor(settings));
  const start = (chunk: PhotoInput[]): void => {
    // Fewer than a full chunk as the first one means that these are all: no worker is worth its start.
    if (workers > 0 && chunk.length === chunkPhotos)
      pool ??= createWorkerPool(workerScript(import.meta.url, 'decode-worker'), {
        size: workers,
        workerData: { imageSizePx, fit, filter } satisfies RecordSettings,
      });
    const decoded = decodeInPlace(chunk, pool === undefined ? decodeHere : decodeOn(pool));
    // Awaited later, in order; until then a failure (the pool closed early) must not count as unhandled.
    decoded.catch(() => undefined);
    underWay.push(decoded);
  };
  try {
    for (let ended = false; !ended || underWay.length > 0;) {
      while (!ended && underWay.length < Math.max(1, workers) * chunksPerWorker) {
        const next = await chunks.next();
        if (next.done === true) ended = true;
        else start(next.value);
      }
      const decoded = await underWay.shift();
      checkCancelled(signal);
      if (decoded !== undefined) yield* decoded;
    }
  } finally {
    await chunks.return(undefined);
    await pool?.close();
  }
}

/** Decodes what can be; inputs that were errors from the start keep their place. */
async function decodeInPlace(chunk: readonly PhotoInput[], decode: Decode): Promise<DecodedPhoto[]> {
  const replies = await decode(chunk.filter((input): input is Decodable => !('error' in input)));
  let next = 0;
  return chunk.map((input) => {
    if ('error' in input) return { input, error: input.error };
    const reply = replies[next++];
    if (reply === undefined) throw new Error('a decoding worker answered with too few photos');
    if ('error' in reply) return { input, error: new PawprintError(reply.error.code, reply.error) };
    return { input, record: reply.record, md5: reply.md5 };
  });
}

/** A worker that dies (out of memory) takes its chunk along: then each photo alone, so that only the culprit fails. */
function decodeOn(pool: WorkerPool<DecodeRequest, DecodeReply[]>): Decode {
  const decode: Decode = async (photos) => {
    try {
      return await pool.run(photos);
    } catch (error) {
      const [photo, ...others] = photos;
      if (error instanceof PawprintError || photo === undefined) throw error;
      if (others.length > 0) return (await Promise.all(photos.map((each) => decode([each])))).flat();
      const { code, message } = asPhotoError(error, photo.name);
      return [{ error: { code, message, hint: 'Decoding it ended a worker thread: the file may be damaged.' } }];
    }
  };
  return decode;
}
