// Decodes what is still to be decoded, on every core, into batch files; first takes over what an earlier run left.
// Only so many batches are under way at once, and records never pass through this thread.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PawprintError, type ErrorCode, type Progress, type WorkerPool } from '../../core/index.ts';
import { readBatchRows } from './batch-file.ts';
import type { PhotoTable } from './photo-table.ts';
import type { DecodeRequest, DecodeResult, PrepareReply, PrepareRequest } from './prepare-work.ts';

export interface BadPhoto {
  /** Row of the photo table. */
  readonly photo: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Record files by number, as the photo table's `file` column names them. */
export class RecordFiles {
  readonly paths: string[] = [];

  add(path: string): number {
    return this.paths.push(path) - 1;
  }
}

const batchNamePattern = /^batch-(\d{6,})\.bin$/;
/** A batch is lost when the run is killed, so it is small; each costs a message and a file, so not too small. */
const batchPhotosLimit = 64;
const batchBytesLimit = 8 << 20;

/**
 * Takes over the batches of an earlier run for photos that are still the same; removes damaged, useless and half-written
 * ones. Returns the first free batch number.
 */
export async function adoptBatches(
  photos: PhotoTable,
  files: RecordFiles,
  batches: { readonly directory: string; readonly recordBytes: number },
): Promise<number> {
  let free = 0;
  for (const name of (await readdir(batches.directory)).sort()) {
    const path = join(batches.directory, name);
    const number = batchNamePattern.exec(name)?.[1];
    const rows = number === undefined ? null : await readBatchRows(path, batches.recordBytes);
    const wanted = (rows ?? []).flatMap((row, slot) => {
      const photo = photos.find(row.path);
      const same = photos.sizeBytes[photo] === row.listedSizeBytes && photos.mtimeMs[photo] === row.mtimeMs;
      return same && !photos.isGood(photo) ? [{ photo, row, slot }] : [];
    });
    if (wanted.length === 0) {
      await rm(path, { recursive: true, force: true });
      continue;
    }
    const file = files.add(path);
    for (const { photo, row, slot } of wanted) photos.setGood(photo, { ...row, file, slot });
    free = Math.max(free, Number(number) + 1);
  }
  return free;
}

export interface DecodeOptions {
  readonly sourceDirectory: string;
  readonly recordBytes: number;
  readonly batchDirectory: string;
  readonly firstBatch: number;
  readonly failOnBadPhoto: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes every pending photo; each ends good or bad. Returns the bad ones, in order. However it ends, no batch is under
 * way then, so that what was begun is finished and kept.
 */
export async function decodePending(
  photos: PhotoTable,
  files: RecordFiles,
  pool: WorkerPool<PrepareRequest, PrepareReply>,
  options: DecodeOptions,
): Promise<BadPhoto[]> {
  const pending = Uint32Array.from(photos.pendingRows());
  const task = options.progress.start('decoding', pending.length, 'photos');
  const batches = cutBatches(pending, options.recordBytes);
  const bad: BadPhoto[] = [];
  let nextBatch = options.firstBatch;
  let done = 0;
  const decodeBatch = async (rows: Uint32Array): Promise<void> => {
    const batchPath = join(options.batchDirectory, `batch-${String(nextBatch++).padStart(6, '0')}.bin`);
    const results = await request(pool, toRequest(photos, rows, batchPath, options));
    if (results === null) for (let i = 0; i < rows.length; i++) await decodeBatch(rows.subarray(i, i + 1));
    else bad.push(...takeResults(photos, rows, results, files.add(batchPath)));
  };
  const stopping = (): boolean => options.signal?.aborted === true || (options.failOnBadPhoto && bad.length > 0);
  const decodeBatches = async (): Promise<void> => {
    for (const rows of batches) {
      if (stopping()) return;
      await decodeBatch(rows);
      task.update((done += rows.length), bad.length === 0 ? undefined : `${bad.length} bad`);
    }
  };
  // Two batches a worker: one in its hands, one waiting, so that it never waits for this thread.
  await settleAll(Array.from({ length: 2 * pool.size }, decodeBatches));
  options.signal?.throwIfAborted();
  task.finish();
  bad.sort((a, b) => a.photo - b.photo);
  const first = bad[0];
  if (options.failOnBadPhoto && first !== undefined) throw asBadPhotoError(photos, first);
  return bad;
}

/** Waits for all, then throws what the first of them threw. */
export async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function* cutBatches(pending: Uint32Array, recordBytes: number): Generator<Uint32Array> {
  const size = Math.max(1, Math.min(batchPhotosLimit, Math.floor(batchBytesLimit / recordBytes)));
  for (let start = 0; start < pending.length; start += size) yield pending.subarray(start, start + size);
}

function toRequest(photos: PhotoTable, rows: Uint32Array, batchPath: string, options: DecodeOptions): DecodeRequest {
  const { sourceDirectory } = options;
  const listed = Array.from(rows, (row) => ({
    path: photos.path(row),
    listedSizeBytes: photos.sizeBytes[row] ?? 0,
    mtimeMs: photos.mtimeMs[row] ?? 0,
  }));
  return { kind: 'decode', sourceDirectory, batchPath, photos: listed };
}

/**
 * The results of a batch, or null when the worker thread died of it: then it is to be asked photo by photo, and the
 * one that kills its thread again is a bad photo.
 */
async function request(
  pool: WorkerPool<PrepareRequest, PrepareReply>,
  batch: DecodeRequest,
): Promise<readonly DecodeResult[] | null> {
  try {
    const reply = await pool.run(batch);
    if (reply.kind !== 'decode') throw new PawprintError('INTERNAL', { message: `a worker answered ${reply.kind}` });
    return reply.results;
  } catch (error) {
    if (error instanceof PawprintError) throw error;
    if (batch.photos.length > 1) return null;
    const reason = error instanceof Error ? error.message : String(error);
    return [{ ok: false, code: 'IMAGE_UNREADABLE', message: `decoding it ended a worker thread (${reason})` }];
  }
}

/** Enters a batch's results into the table; the bad ones come back. */
function takeResults(
  photos: PhotoTable,
  rows: Uint32Array,
  results: readonly DecodeResult[],
  file: number,
): BadPhoto[] {
  const bad: BadPhoto[] = [];
  let slot = 0;
  results.forEach((result, i) => {
    const photo = rows[i] ?? 0;
    if (result.ok) {
      photos.setGood(photo, { ...result.row, file, slot: slot++ });
    } else {
      photos.setBad(photo);
      bad.push({ photo, code: result.code, message: result.message });
    }
  });
  return bad;
}

function asBadPhotoError(photos: PhotoTable, bad: BadPhoto): PawprintError {
  return new PawprintError(bad.code, {
    message: `${photos.path(bad.photo)}: ${bad.message}`,
    expected: 'every photo to be decodable (onBadPhoto is fail)',
    hint: 'Repair or remove the file, or leave bad photos out with --on-bad-photo skip.',
  });
}
