// The work folder of a target: finished batches, the lock, and what is known of the last finished run. It lies beside
// the target, not in it, so that the target holds nothing but the data set (DVC hashes it whole, and removes it before
// a stage runs) and work survives; only where nothing can be made beside the target it lies inside.
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { asPawprintError, hashBytes, PawprintError } from '../../core/index.ts';
import { takeLock } from './lock.ts';
import { makeFolder } from './target-folder.ts';
import type { RecordSettings } from './params.ts';

/** Raised whenever the same photo and settings would give another record or hash, so that no old batch is used. */
const recordsVersion = 1;
const lockName = 'lock';

export interface WorkFolder {
  readonly directory: string;
  /** Names the record settings: records and hashes made under one key are interchangeable. */
  readonly recordsKey: string;
  /** Batches made under `recordsKey`. */
  readonly batchDirectory: string;
  /** What the last finished run saw; see finished-run.ts. */
  readonly finishedRunPath: string;
  forgetBatches(): Promise<void>;
  /** Forgets the finished run as well, as if there had been none. */
  forget(): Promise<void>;
  /** Lets other runs go to work; removes the folder when there is nothing in it to keep. */
  release(): Promise<void>;
}

function workDirectories(target: string): { beside: string; inside: string } {
  const absolute = resolve(target);
  return {
    beside: join(dirname(absolute), `.${basename(absolute)}.prepare-work`),
    inside: join(absolute, '.prepare-work'),
  };
}

/** Makes the work folder and takes its lock. Throws PERMISSION_DENIED, DISK_FULL, NOT_A_DIRECTORY, ALREADY_EXISTS. */
export async function openWorkFolder(target: string, settings: RecordSettings): Promise<WorkFolder> {
  const { imageSizePx, fit, filter } = settings;
  const key = hashBytes('md5', JSON.stringify([recordsVersion, imageSizePx, fit, filter])).slice(0, 12);
  const directory = await makeDirectory(target);
  const lockPath = join(directory, lockName);
  const unlock = takeLock(lockPath, target);
  try {
    const batchDirectory = join(directory, `batches-${key}`);
    for (const name of await readdir(directory))
      if (name.startsWith('batches-') && name !== `batches-${key}`)
        await rm(join(directory, name), { recursive: true, force: true });
    await mkdir(batchDirectory, { recursive: true });
    const finishedRunPath = join(directory, 'finished-run.json');
    const forgetBatches = async (): Promise<void> => {
      for (const name of await readdir(batchDirectory)) await rm(join(batchDirectory, name), { force: true });
    };
    const forget = async (): Promise<void> => {
      await rm(finishedRunPath, { force: true });
      await forgetBatches();
    };
    const release = async (): Promise<void> => {
      await rmdir(batchDirectory).catch(() => undefined);
      const kept = await readdir(directory).catch(() => []);
      // Removed while it is still held, so that nobody can take a lock that is about to vanish.
      if (kept.join() === lockName) await rm(lockPath, { force: true });
      unlock();
      if (kept.join() === lockName) await rmdir(directory).catch(() => undefined);
    };
    return { directory, recordsKey: key, batchDirectory, finishedRunPath, forgetBatches, forget, release };
  } catch (error) {
    unlock();
    throw asPawprintError(error, `making the work folder ${directory}`);
  }
}

async function makeDirectory(target: string): Promise<string> {
  const { beside, inside } = workDirectories(target);
  try {
    await makeFolder(beside);
    return beside;
  } catch (error) {
    if (!(error instanceof PawprintError) || error.code !== 'PERMISSION_DENIED') throw error;
  }
  await makeFolder(inside);
  return inside;
}
