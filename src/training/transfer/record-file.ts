// Decoded photos in a temporary file: epochs read them without decoding again, and memory does not grow with their number.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asPawprintError, PawprintError, type Progress } from '../../core/index.ts';
import type { PreparedSplit, SplitName } from '../../data/index.ts';
import { createPreprocessor, type Preprocessing } from '../../image/index.ts';

export interface RecordPhoto {
  readonly path: string;
  readonly label: number;
}

export interface RecordFile {
  /** Some of the photos, by their index, as a split. */
  split(name: SplitName, rows: readonly number[]): PreparedSplit;
  /** Removes the file. */
  close(): Promise<void>;
}

/** Decodes photos that are known to be readable. Throws CANCELLED, DISK_FULL, and what decoding throws. */
export async function writeRecordFile(
  photos: readonly RecordPhoto[],
  preprocessing: Preprocessing,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<RecordFile> {
  const recordBytes = 3 * preprocessing.imageSizePx ** 2;
  const directory = await mkdtemp(join(tmpdir(), 'pawprint-records-'));
  const path = join(directory, 'records');
  const descriptor = openSync(path, 'w+');
  // Without a name it is gone with the process, however that ends. Windows keeps the name until it is closed.
  if (process.platform !== 'win32') await rm(directory, { recursive: true, force: true });
  const close = async (): Promise<void> => {
    closeSync(descriptor);
    await rm(directory, { recursive: true, force: true });
  };
  const task = progress.start('decoding for fine-tuning', photos.length, 'photos');
  try {
    const preprocessor = createPreprocessor(preprocessing);
    for (const [i, photo] of photos.entries()) {
      if (signal.aborted) throw new PawprintError('CANCELLED', { message: 'stopped on request' });
      const record = await preprocessor.record(await readFile(photo.path));
      for (let at = 0; at < recordBytes;)
        at += writeSync(descriptor, record, at, recordBytes - at, i * recordBytes + at);
      task.update(i + 1);
    }
  } catch (error) {
    await close();
    throw asPawprintError(error, 'decoding photos for fine-tuning');
  } finally {
    task.finish();
  }
  return {
    split: (name, rows) => ({
      name,
      entries: [],
      count: rows.length,
      labels: Uint8Array.from(rows, (row) => photos[row]?.label ?? 0),
      recordBytes,
      readRecord: (index, target, offset) => {
        const position = (rows[index] ?? 0) * recordBytes;
        if (readSync(descriptor, target, offset, recordBytes, position) !== recordBytes)
          throw new Error(`record ${rows[index] ?? '?'} is cut short`);
      },
    }),
    close,
  };
}
