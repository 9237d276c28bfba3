// Whether a disk has room for what is about to be written, asked before rather than found out after 700 MB.
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PawprintError } from '../../core/index.ts';

/** Bytes that this user may still write where `path` is or will be. */
export async function freeBytes(path: string): Promise<number> {
  let folder = path;
  while ((await stat(folder).catch(() => undefined)) === undefined && dirname(folder) !== folder)
    folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Throws DISK_FULL when fewer than `needed` bytes are free at `path`. */
export async function assertRoom(path: string, needed: number, what: string): Promise<void> {
  const free = await freeBytes(path);
  if (free >= needed) return;
  throw new PawprintError('DISK_FULL', {
    message: `there is no room for ${what} at ${path}`,
    expected: `${formatMegabytes(needed)} free`,
    received: `${formatMegabytes(free)} free`,
    hint: 'Free some space or choose a folder on another disk with --to, then run the same command again.',
  });
}

function formatMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;
}
