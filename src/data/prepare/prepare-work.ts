// What the worker threads of `data prepare` do: decode a batch of photos into a batch file, or gather records into a
// shard. Records go from the worker to the disk; only what is known of each photo travels back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asPawprintError, hashBytes, PawprintError, type ErrorCode } from '../../core/index.ts';
import { createCheckWork, type CheckReply, type CheckRequest } from '../check/check-work.ts';
import { writeBatchFile, type BatchRow } from './batch-file.ts';
import { createPhotoDecoder, type PhotoDecoder } from './decode-photo.ts';
import type { RecordSettings } from './params.ts';
import { writeShardFile, type ShardPlan, type WrittenShard } from './shard-file.ts';

export interface DecodeRequest {
  readonly kind: 'decode';
  readonly sourceDirectory: string;
  /** Where the batch file goes. */
  readonly batchPath: string;
  readonly photos: readonly { readonly path: string; readonly listedSizeBytes: number; readonly mtimeMs: number }[];
}
export interface ShardRequest {
  readonly kind: 'shard';
  readonly plan: ShardPlan;
}
/** Asked first: a thread that cannot even start must not be taken for one that a photo has killed. */
export interface ReadyRequest {
  readonly kind: 'ready';
}
/** Work of `data check`, which looks at pairs of photos a second time. */
export interface ForwardedCheckRequest {
  readonly kind: 'check';
  readonly request: CheckRequest;
}
export type PrepareRequest = DecodeRequest | ShardRequest | ReadyRequest | ForwardedCheckRequest;

/** A photo that was decoded, in its place; or why it was not. */
export type DecodeResult =
  | { readonly ok: true; readonly row: Omit<BatchRow, 'path' | 'listedSizeBytes' | 'mtimeMs'> }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

export type PrepareReply =
  | { readonly kind: 'decode'; readonly results: readonly DecodeResult[] }
  | { readonly kind: 'shard'; readonly shard: WrittenShard }
  | { readonly kind: 'ready' }
  | { readonly kind: 'check'; readonly reply: CheckReply };

export type PrepareWork = (request: PrepareRequest) => Promise<PrepareReply>;

/**
 * A thread's handler. It throws DISK_FULL or PERMISSION_DENIED when the result cannot be written, INTERNAL for what
 * should not happen (any other error thus means that the thread itself died). A bad photo is a result.
 */
export function createPrepareWork(settings: RecordSettings): PrepareWork {
  const decode = createPhotoDecoder(settings);
  let check: ReturnType<typeof createCheckWork> | undefined;
  return async (request) => {
    try {
      switch (request.kind) {
        case 'ready':
          return { kind: 'ready' };
        case 'check':
          check ??= createCheckWork();
          return { kind: 'check', reply: await check(request.request) };
        case 'decode':
          return { kind: 'decode', results: await decodeBatch(request, decode) };
        case 'shard':
          return { kind: 'shard', shard: writeShardFile(request.plan) };
      }
    } catch (error) {
      const known = asPawprintError(error, 'writing the prepared photos');
      if (known instanceof PawprintError) throw known;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new PawprintError('INTERNAL', { message });
    }
  };
}

async function decodeBatch(request: DecodeRequest, decode: PhotoDecoder): Promise<DecodeResult[]> {
  const results: DecodeResult[] = [];
  const rows: BatchRow[] = [];
  const records: Uint8Array[] = [];
  for (const photo of request.photos) {
    try {
      const bytes = readFileSync(join(request.sourceDirectory, photo.path));
      const { record, hash, width, height } = await decode(bytes);
      const row = { md5: hashBytes('md5', bytes), hash, width, height, sizeBytes: bytes.length };
      results.push({ ok: true, row });
      rows.push({ ...photo, ...row });
      records.push(record);
    } catch (error) {
      results.push(asBadPhoto(error, photo.path));
    }
  }
  if (rows.length > 0) writeBatchFile(request.batchPath, rows, records);
  return results;
}

/** Errors of the machine, not of the photo: leaving the photo out would be wrong. */
const machineErrors = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC']);

function asBadPhoto(error: unknown, path: string): DecodeResult {
  if (error instanceof Error && machineErrors.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  const known = asPawprintError(error, 'reading the photo');
  // The words go into left-out.csv, which must not depend on where the raw folder lies.
  if (error instanceof PawprintError) return { ok: false, code: error.code, message: error.message };
  if (known instanceof PawprintError) return { ok: false, code: known.code, message: `${path} cannot be opened` };
  return { ok: false, code: 'IMAGE_UNREADABLE', message: error instanceof Error ? error.message : String(error) };
}
