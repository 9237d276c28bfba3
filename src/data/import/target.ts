// The folder that photos are imported into: what is in it already, whether that may stay, and how files get in whole.
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { asPawprintError, hashBytes, hashFile, PawprintError } from '../../core/index.ts';
import { splitNames, type SplitName } from '../manifest.ts';
import { isPictureName } from './file-kinds.ts';
import type { EntryContent } from './source.ts';

/** One file of the target, `path` relative with `/`. */
export interface TargetFile {
  readonly path: string;
  readonly size: number;
}

const stagingPrefix = '.pawprint-import-';

/** The real path of `path`, or of the nearest folder above it that exists with the rest appended. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    return join(await realPathOf(parent), basename(path));
  }
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Throws when target and a source folder are one, or one lies inside the other: the import would feed on itself. */
export async function assertApart(
  target: string,
  source: { readonly name: string; readonly path: string },
): Promise<void> {
  const [targetReal, sourceReal] = await Promise.all([realPathOf(target), realPathOf(source.path)]);
  const stats = await stat(sourceReal).catch(() => undefined);
  if (stats?.isDirectory() !== true) return;
  if (!contains(sourceReal, targetReal) && !contains(targetReal, sourceReal)) return;
  const how =
    sourceReal === targetReal ? 'is the same folder as' : contains(sourceReal, targetReal) ? 'lies inside' : 'holds';
  throw new PawprintError('USAGE', {
    message: `the target ${target} ${how} the source ${source.name}`,
    expected: 'a target folder apart from every source',
    hint: 'Choose another folder with --to, for example --to data/raw.',
  });
}

/**
 * Every file of the target except hidden ones at its top (.gitignore, .DS_Store). An absent target is empty.
 * Throws NOT_A_DIRECTORY when it is a file.
 */
export async function listTarget(target: string): Promise<TargetFile[]> {
  const stats = await stat(target).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw asPawprintError(error, `the target ${target}`);
  });
  if (stats === undefined) return [];
  if (!stats.isDirectory())
    throw new PawprintError('NOT_A_DIRECTORY', {
      message: `the target ${target} is a file`,
      expected: 'a folder, or a name that is still free',
      hint: 'Choose another folder with --to.',
    });
  const files: TargetFile[] = [];
  const items = await readdir(target, { withFileTypes: true, recursive: true });
  for (const item of items) {
    if (item.isDirectory()) continue;
    const full = join(item.parentPath, item.name);
    const path = relative(target, full).split(sep).join('/');
    if (path.startsWith('.') || item.name === '.DS_Store' || item.name === 'Thumbs.db') continue;
    files.push({ path, size: item.isFile() ? (await stat(full)).size : -1 });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `train/cats/1.jpg` or `cats/1.jpg` taken apart; undefined for a path that no import makes. */
export function parseTargetPath(
  path: string,
): { readonly split: SplitName | undefined; readonly label: string; readonly name: string } | undefined {
  const parts = path.split('/');
  const split = splitNames.find((name) => name === parts[0]);
  const [label, name, ...more] = split === undefined ? parts : parts.slice(1);
  if (label === undefined || name === undefined || more.length > 0 || !isPictureName(name)) return undefined;
  return { split, label, name };
}

/** The folder of the target for a split and class, with `/`. */
export function targetFolder(split: SplitName | undefined, label: string): string {
  return split === undefined ? label : `${split}/${label}`;
}

/** md5 of a file; small ones in one read, which is what photos are. */
export async function md5OfFile(path: string, size: number): Promise<string> {
  if (size > 16 * 2 ** 20) return await hashFile('md5', path);
  try {
    return hashBytes('md5', await readFile(path));
  } catch (error) {
    throw asPawprintError(error, `reading ${path}`);
  }
}

/** Puts files into the target: each is written in a hidden folder of the target, then renamed into its place. */
export interface TargetWriter {
  write(path: string, content: EntryContent): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes the hidden folder, and the target itself where it was made for this and nothing came into it. */
  close(): Promise<void>;
}

/** Opens `target` for writing. Leftovers of imports that were killed are removed. */
export async function openTarget(target: string): Promise<TargetWriter> {
  try {
    const isNew = (await mkdir(target, { recursive: true })) !== undefined;
    await removeLeftovers(target);
    const staging = join(target, `${stagingPrefix}${process.pid}`);
    await mkdir(staging, { recursive: true });
    return createWriter(target, staging, isNew);
  } catch (error) {
    throw asPawprintError(error, `the target ${target}`);
  }
}

async function removeLeftovers(target: string): Promise<void> {
  for (const name of await readdir(target)) {
    if (!name.startsWith(stagingPrefix)) continue;
    const pid = Number(name.slice(stagingPrefix.length));
    if (pid === process.pid || !isRunning(pid)) await rm(join(target, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function createWriter(target: string, staging: string, isNew: boolean): TargetWriter {
  const folders = new Map<string, Promise<unknown>>();
  let counter = 0;
  const makeFolder = async (path: string): Promise<void> => {
    let made = folders.get(path);
    if (made === undefined) folders.set(path, (made = mkdir(path, { recursive: true })));
    await made;
  };
  return {
    write: async (path, content) => {
      const final = join(target, ...path.split('/'));
      // Not named after the photo: names may use up all 255 bytes.
      const temporary = join(staging, String(counter++));
      try {
        if (content.kind === 'file') await cloneFile(content.path, temporary);
        else await writeBytes(temporary, content.bytes);
        await makeFolder(dirname(final));
        await rename(temporary, final);
      } catch (error) {
        await rm(temporary, { force: true });
        throw asPawprintError(error, `writing ${path}`);
      }
    },
    remove: async (path) => {
      await rm(join(target, ...path.split('/')), { force: true });
      for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
        if (!(await removeIfEmpty(join(target, folder)))) break;
    },
    close: async () => {
      await rm(staging, { recursive: true, force: true });
      if (isNew) await removeIfEmpty(target);
    },
  };
}

/** Shares the blocks where the file system can (APFS, Btrfs, XFS), copies elsewhere. */
async function cloneFile(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  // Windows flushes only what is open for writing, which a copy of a read-only file is not.
  if (process.platform === 'win32') return;
  const handle = await open(to, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch {
    return false;
  }
}
