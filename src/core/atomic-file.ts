// Files appear whole or not at all: written beside the target, flushed to disk, then renamed over it.
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asPawprintError } from './errors.ts';

/** Makes the names in a folder survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory; there the rename itself is what there is.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name a half-written `path` has meanwhile: in the same folder, so that the rename is atomic. */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

/**
 * Writes `data` to `path` atomically: readers see the old file or the new one. Missing folders are made.
 * Throws DISK_FULL, PERMISSION_DENIED, … with the target untouched and no temporary file left.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array | Iterable<string | Uint8Array>,
): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'w', 0o644);
    try {
      if (typeof data === 'string' || data instanceof Uint8Array) await handle.writeFile(data);
      else for (const piece of data) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    // Where even this fails (a file in the way of the folder), the first error is the one worth telling.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asPawprintError(error, `writing ${path}`);
  }
}

/** Writes `value` as JSON (two spaces, newline at the end), atomically. */
export async function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
