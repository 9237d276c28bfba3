// The folder that the data set goes to: may it be written to, is it what it seems, is there room.
import { access, constants, mkdir, readdir, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { asPawprintError, PawprintError } from '../../core/index.ts';

/** What a data set's folder may hold when it has no manifest.json: what a killed run leaves. */
const ownNames = new Set(['shards', 'manifest.csv', 'left-out.csv']);

/**
 * Throws before anything is made: ALREADY_EXISTS when `target` holds other things, DATASET_INVALID when it lies inside
 * the source, NOT_A_DIRECTORY when it is a file.
 */
export async function checkTarget(target: string, sourceDirectory: string): Promise<void> {
  const inside = relative(sourceDirectory, target);
  if (inside === '' || (!inside.startsWith('..') && !isAbsolute(inside)))
    throw new PawprintError('DATASET_INVALID', {
      message: `the prepared data cannot go into the folder of photos it is made from (${target})`,
      expected: 'a folder outside the photos, such as data/prepared',
      received: target,
    });
  await refuseForeignFolder(target);
}

/**
 * Makes `target` with its shards folder. Returns how to take back what was made, as far as it is empty. Throws
 * PERMISSION_DENIED, DISK_FULL, NOT_A_DIRECTORY.
 */
export async function makeTarget(target: string): Promise<() => Promise<void>> {
  const shardDirectory = join(target, 'shards');
  const madeTarget = await makeFolder(target);
  await makeFolder(shardDirectory);
  try {
    await access(shardDirectory, constants.W_OK);
  } catch (error) {
    throw asPawprintError(error, `writing to ${target}`);
  }
  return async () => {
    await rmdir(shardDirectory).catch(() => undefined);
    if (madeTarget) await rmdir(target).catch(() => undefined);
  };
}

/**
 * Makes a folder and those above it; false when it was there. Node's own recursive mkdir calls a read-only file system
 * "no such file". Throws PERMISSION_DENIED, NOT_A_DIRECTORY, DISK_FULL.
 */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() === true) return false;
    if (found !== null)
      throw new PawprintError('NOT_A_DIRECTORY', {
        message: `${path} is a file`,
        expected: 'a folder, or nothing yet',
        received: 'a file',
        hint: 'Give another folder, or remove the file.',
        cause: error,
      });
    if (code !== 'ENOENT' || dirname(path) === path) throw asPawprintError(error, `making the folder ${path}`);
  }
  await makeFolder(dirname(path));
  return makeFolder(path);
}

async function refuseForeignFolder(target: string): Promise<void> {
  if ((await stat(join(target, 'manifest.json')).catch(() => null)) !== null) return;
  const names = await readdir(target).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw asPawprintError(error, `writing to ${target}`);
  });
  const foreign = names.filter((name) => !name.startsWith('.') && !ownNames.has(name));
  if (foreign.length > 0)
    throw new PawprintError('ALREADY_EXISTS', {
      message: `${target} holds other files`,
      expected: 'a new or empty folder, or an earlier prepared data set',
      received: foreign.slice(0, 5).join(', ') + (foreign.length > 5 ? ', …' : ''),
      hint: 'Give another folder with --to.',
    });
}

/** Throws DISK_FULL when fewer than `neededBytes` are free where `directory` lies: better now than in an hour. */
export async function checkFreeSpace(directory: string, neededBytes: number): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(directory);
  const freeBytes = bavail * bsize;
  // Some network file systems say nothing of their size.
  if (blocks === 0 || freeBytes >= neededBytes) return;
  throw new PawprintError('DISK_FULL', {
    message: `there is not enough room for the prepared data in ${directory}`,
    expected: `${megabytes(neededBytes)} free, half of it only while preparing`,
    received: `${megabytes(freeBytes)} free`,
    hint: 'Free some space, choose another folder with --to, or use a smaller --image-size-px.',
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
