// A folder as a source: walked once, in an order that does not depend on the disk. Links to files are followed, links
// to folders are not (they may lead in circles).
import { lstat, readdir, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { asPawprintError, PawprintError, type ProgressTask } from '../../core/index.ts';
import { countSkip, isIgnoredFolder, skipReason, type SkipCounts } from './file-kinds.ts';
import { comparePaths, type Source, type SourceEntry } from './source.ts';

interface Walk {
  readonly root: string;
  readonly signal: AbortSignal;
  readonly progress: ProgressTask;
  readonly entries: SourceEntry[];
  readonly folders: Set<string>;
  readonly skipped: SkipCounts;
}

/** Lists the pictures under `directory`. Throws NOT_A_DIRECTORY, FILE_NOT_FOUND, PERMISSION_DENIED, CANCELLED. */
export async function openFolderSource(
  directory: string,
  options: { readonly name: string; readonly signal: AbortSignal; readonly progress: ProgressTask },
): Promise<Source> {
  const walk: Walk = {
    root: directory,
    signal: options.signal,
    progress: options.progress,
    entries: [],
    folders: new Set(),
    skipped: new Map(),
  };
  try {
    await walkFolder(walk, '');
  } catch (error) {
    throw asPawprintError(error, `reading the folder ${options.name}`);
  }
  const entries = walk.entries.sort(comparePaths);
  return {
    name: options.name,
    kind: 'folder',
    entries,
    folders: walk.folders,
    skipped: walk.skipped,
    notes: [],
    contents: async function* (wanted) {
      for (const [index, entry] of entries.entries())
        if (wanted.has(index)) yield await Promise.resolve({ index, content: fileContent(directory, entry.path) });
    },
  };
}

function fileContent(directory: string, path: string): { readonly kind: 'file'; readonly path: string } {
  return { kind: 'file', path: join(directory, ...path.split('/')) };
}

async function walkFolder(walk: Walk, folder: string): Promise<void> {
  const names = await readdir(join(walk.root, folder), { withFileTypes: true });
  const subfolders: string[] = [];
  const files: { readonly path: string; readonly isLink: boolean }[] = [];
  for (const item of names) {
    const path = folder === '' ? item.name : `${folder}/${item.name}`;
    if (item.isDirectory()) {
      if (isIgnoredFolder(item.name)) countSkip(walk.skipped, 'hidden folder');
      else subfolders.push(path);
    } else {
      const reason = skipReason(path);
      if (reason !== undefined && !item.isSymbolicLink()) countSkip(walk.skipped, reason);
      else files.push({ path, isLink: item.isSymbolicLink() });
    }
  }
  // In batches: one stat at a time waits for the disk, all at once would hold 100,000 promises.
  for (let at = 0; at < files.length; at += 64) {
    throwIfAborted(walk.signal);
    await Promise.all(files.slice(at, at + 64).map((file) => addFile(walk, file.path, file.isLink)));
    walk.progress.update(walk.entries.length);
  }
  for (const path of subfolders) {
    walk.folders.add(path);
    await walkFolder(walk, path);
  }
}

async function addFile(walk: Walk, path: string, isLink: boolean): Promise<void> {
  const reason = skipReason(path);
  const stats = await statOrNothing(join(walk.root, path), isLink);
  if (stats === undefined) countSkip(walk.skipped, isLink ? 'link to nothing' : 'name is not UTF-8');
  else if (stats.isDirectory()) countSkip(walk.skipped, 'link to a folder');
  else if (reason !== undefined) countSkip(walk.skipped, reason);
  else if (!stats.isFile()) countSkip(walk.skipped, 'not a regular file');
  else walk.entries.push({ path, size: stats.size });
}

/** Undefined for what cannot be found again under its listed name. A picture of such a name is skipped, not fatal. */
async function statOrNothing(path: string, isLink: boolean): Promise<Stats | undefined> {
  try {
    return isLink ? await stat(path) : await lstat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A link in a circle of links (ELOOP) leads nowhere too.
    if (code === 'ELOOP' || (code === 'ENOENT' && (isLink || path.includes('\uFFFD')))) return undefined;
    throw error;
  }
}

/** Throws CANCELLED when the signal has fired. */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new PawprintError('CANCELLED', {
    message: 'the import was stopped',
    hint: 'What was imported so far is whole; run the same command again to go on.',
    cause: signal.reason,
  });
}
