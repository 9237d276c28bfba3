// The one way in which a data folder is listed: DIR/<class>/… or DIR/{train,validation,test}/<class>/…, in a fixed
// order whatever order the file system has, with no more in memory than the names of one folder at a time.
import { closeSync, openSync, readSync, statSync, type Dirent, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { asPawprintError, PawprintError } from '../core/index.ts';
import { sniffFormat, sniffLength } from '../image/index.ts';
import { isIgnoredFolder, isPictureName, skipReason } from './import/file-kinds.ts';
import { splitOfWord } from './import/names.ts';
import type { SplitName } from './manifest.ts';

/** A file that is to be taken for a photo; whether it can be decoded is another question. */
export interface ScannedPhoto {
  /** Relative to the data folder, `/` between folders. */
  readonly path: string;
  readonly className: string;
  /** undefined: the folder does not say. */
  readonly split: SplitName | undefined;
  /** Bytes; 0 for a link that leads nowhere. */
  readonly size: number;
  readonly mtimeMs: number;
}

/** A folder that holds the photos of one class (and split). */
export interface ClassFolder {
  readonly path: string;
  readonly className: string;
  readonly split: SplitName | undefined;
}

export interface DatasetLayout {
  /** By code points of their paths. */
  readonly folders: readonly ClassFolder[];
  /** Sorted. Two or more. */
  readonly classNames: readonly string[];
}

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of everything that is passed over: `reason` is a short word to count by. */
  readonly onIgnored?: (path: string, reason: string) => void;
  /** Do not throw for a class without photos. */
  readonly allowEmptyClasses?: boolean;
}

/**
 * The photos of `directory`, in code-point order of their paths. Hidden files, system files, and files that are no
 * pictures by name and by their first bytes are passed over; folders that are symbolic links are not entered. Throws
 * FILE_NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED (a folder that cannot be read), CANCELLED, and DATASET_INVALID for
 * no class folders, fewer than two classes, or a class without photos.
 */
export async function* scanDataset(directory: string, options: ScanOptions = {}): AsyncGenerator<ScannedPhoto> {
  const layout = await readDatasetLayout(directory, options);
  const filled = new Set<string>();
  const walk: Walk = { directory, options, seen: 0 };
  for (const folder of layout.folders)
    for await (const photo of walkFolder(walk, folder, folder.path)) {
      filled.add(folder.className);
      yield photo;
    }
  const empty = layout.classNames.filter((name) => !filled.has(name));
  if (empty.length > 0 && options.allowEmptyClasses !== true) throw emptyClassError(directory, layout, empty);
}

/** The class folders of `directory`, without looking into them. Throws as scanDataset does. */
export async function readDatasetLayout(
  directory: string,
  { onIgnored }: Pick<ScanOptions, 'onIgnored'> = {},
): Promise<DatasetLayout> {
  await assertDirectory(directory);
  const top = await listFolder(directory, '', onIgnored);
  const splits = top.folders.filter((name) => splitOfWord(name) !== undefined);
  if (splits.length > 0 && splits.length < top.folders.length) throw mixedError(directory, top.folders);
  const folders: ClassFolder[] = [];
  let linked = top.linkedFolders;
  let loose = top.photos;
  if (splits.length === 0)
    folders.push(...top.folders.map((name) => ({ path: name, className: name, split: undefined })));
  for (const split of splits) {
    const inside = await listFolder(directory, split, onIgnored);
    linked += inside.linkedFolders;
    loose += inside.photos;
    for (const className of inside.folders)
      folders.push({ path: `${split}/${className}`, className, split: splitOfWord(split) });
  }
  const classNames = [...new Set(folders.map(({ className }) => className))].sort(compareCodePoints);
  if (classNames.length < 2) throw tooFewClassesError(directory, classNames, { linked, loose });
  return { folders, classNames };
}

/** Order by code points, which is also that of the UTF-8 bytes; `<` on strings orders by UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return rankOfUnit(left) - rankOfUnit(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all other units. */
function rankOfUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

interface Walk {
  readonly directory: string;
  readonly options: ScanOptions;
  seen: number;
}

const breatheEvery = 256;

async function* walkFolder(walk: Walk, folder: ClassFolder, path: string): AsyncGenerator<ScannedPhoto> {
  const { directory, options } = walk;
  for (const entry of await readSorted(directory, path)) {
    // Reading names and sizes is synchronous because that is ten times faster; so let signals and timers in.
    if (walk.seen++ % breatheEvery === 0) {
      await setImmediate();
      throwIfAborted(options.signal);
    }
    const entryPath = `${path}/${entry.name}`;
    const ignored = reasonToIgnore(directory, path, entry);
    if (ignored !== undefined) options.onIgnored?.(entryPath, ignored);
    else if (entry.isDirectory()) yield* walkFolder(walk, folder, entryPath);
    else {
      const found = statOf(join(directory, entryPath));
      const { className, split } = folder;
      yield { path: entryPath, className, split, size: found?.size ?? 0, mtimeMs: found?.mtimeMs ?? 0 };
    }
  }
}

/** Entries in the order that makes whole paths come out in code-point order: a folder sorts as its name and `/`. */
async function readSorted(directory: string, path: string): Promise<Dirent[]> {
  const key = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);
  try {
    const entries = await readdir(join(directory, path), { withFileTypes: true });
    return entries.sort((a, b) => compareCodePoints(key(a), key(b)));
  } catch (error) {
    throw asPawprintError(error, `listing ${join(directory, path)}`);
  }
}

/** Why an entry is passed over, or undefined for a folder to enter and for a photo. */
function reasonToIgnore(directory: string, folder: string, entry: Dirent): string | undefined {
  if (entry.name.includes('\ufffd') && !existsAt(join(directory, folder, entry.name))) return 'name is not UTF-8';
  if (entry.isDirectory()) return isIgnoredFolder(entry.name) ? 'hidden' : undefined;
  const path = join(directory, folder, entry.name);
  if (entry.isSymbolicLink()) {
    const target = statOf(path);
    if (target?.isDirectory() === true) return 'link to a folder';
    if (target !== undefined && !target.isFile()) return 'not a file';
  } else if (!entry.isFile()) return 'not a file';
  const reason = skipReason(entry.name);
  if (reason?.startsWith('not a picture') === true && startsLikePicture(path)) return undefined;
  return reason;
}

function existsAt(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a loop of links, a folder that may not be searched: no size, and a finding of the check
  }
}

function startsLikePicture(path: string): boolean {
  const start = Buffer.alloc(sniffLength);
  try {
    const file = openSync(path, 'r');
    try {
      const format = sniffFormat(start.subarray(0, readSync(file, start)));
      return format !== undefined && format !== 'svg';
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

interface FolderContent {
  readonly folders: readonly string[];
  readonly linkedFolders: number;
  /** Pictures that lie beside the folders, where they have no class. */
  readonly photos: number;
}

async function listFolder(
  directory: string,
  path: string,
  onIgnored: ScanOptions['onIgnored'],
): Promise<FolderContent> {
  const folders: string[] = [];
  let linkedFolders = 0;
  let photos = 0;
  for (const entry of await readSorted(directory, path)) {
    const picture = entry.isFile() && isPictureName(entry.name) && !entry.name.startsWith('.');
    const reason = picture ? 'photo outside a class folder' : reasonToIgnore(directory, path, entry);
    if (picture) photos += 1;
    if (reason === 'link to a folder') linkedFolders += 1;
    if (reason !== undefined) onIgnored?.(path === '' ? entry.name : `${path}/${entry.name}`, reason);
    else if (entry.isDirectory()) folders.push(entry.name);
    else onIgnored?.(path === '' ? entry.name : `${path}/${entry.name}`, 'photo outside a class folder');
  }
  return { folders, linkedFolders, photos };
}

async function assertDirectory(directory: string): Promise<void> {
  let found: Stats;
  try {
    found = await stat(directory);
  } catch (error) {
    throw asPawprintError(error, `reading the data folder ${directory}`);
  }
  if (found.isDirectory()) return;
  throw new PawprintError('NOT_A_DIRECTORY', {
    message: `${directory} is a file, not a data folder`,
    expected: layoutWords,
    received: 'a file',
    hint: `Unpack or sort it first: pawprint data import ${directory} --to data/raw`,
  });
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new PawprintError('CANCELLED', { message: 'listing the photos was stopped' });
}

const layoutWords = 'a folder for each class (cats/ dogs/), or train/ and test/ with those inside';

function tooFewClassesError(
  directory: string,
  classNames: readonly string[],
  { linked, loose }: { readonly linked: number; readonly loose: number },
): PawprintError {
  const found = classNames.length === 0 ? ['no class folders'] : [`one class folder: ${classNames.join('')}`];
  if (loose > 0) found.push(`${loose} pictures outside of class folders`);
  if (linked > 0) found.push(`${linked} links to folders, which are not followed`);
  return new PawprintError('DATASET_INVALID', {
    message:
      classNames.length === 0
        ? `${directory} has no class folders`
        : `${directory} has photos of one class only; two or more are needed to tell apart`,
    expected: layoutWords,
    received: found.join(', '),
    hint: `Bring the photos into this form: pawprint data import ${directory} --to data/raw`,
  });
}

function mixedError(directory: string, folders: readonly string[]): PawprintError {
  return new PawprintError('DATASET_INVALID', {
    message: `${directory} has split folders and other folders side by side`,
    expected: layoutWords,
    received: `${folders.slice(0, 6).join(', ')}${folders.length > 6 ? ', …' : ''}`,
    hint: 'Move the other folders out, or into train/, validation/ or test/.',
  });
}

function emptyClassError(directory: string, layout: DatasetLayout, empty: readonly string[]): PawprintError {
  const paths = layout.folders.filter(({ className }) => empty.includes(className)).map(({ path }) => path);
  return new PawprintError('DATASET_INVALID', {
    message: `there are no photos of ${empty.join(' and ')} in ${directory}`,
    expected: 'photos of every class',
    received: `no pictures in ${paths.join(', ')}`,
    hint: 'Add photos of that class, or remove its empty folder.',
  });
}
