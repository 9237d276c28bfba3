// Tells by a source's first bytes, not by its name, what it is, and opens it.
import { open, stat } from 'node:fs/promises';
import { Header } from 'tar';
import { asPawprintError, PawprintError, type Progress } from '../../core/index.ts';
import { unsafeArchive, type ArchiveLimits } from './archive-limits.ts';
import { openCsvSource } from './csv-source.ts';
import { fileEnding, isPictureName } from './file-kinds.ts';
import { openFolderSource } from './folder-source.ts';
import type { Source } from './source.ts';
import { openTarSource } from './tar-source.ts';
import { openZipSource } from './zip-source.ts';

export interface OpenSourceOptions {
  /** What to call it in messages; as the user typed it. */
  readonly name: string;
  readonly limits: ArchiveLimits;
  /** Take it for a CSV, whatever it is called. */
  readonly asCsv: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

type FileKind = 'zip' | 'tar' | 'tar.gz' | 'csv';

/** Opens the folder, archive or CSV at `path` (absolute) and lists its pictures. */
export async function openSource(path: string, options: OpenSourceOptions): Promise<Source> {
  const { name, limits, signal } = options;
  const kind = await recogniseFile(path, options);
  const progress = options.progress.start(`looking through ${name}`, undefined, 'photos');
  try {
    switch (kind) {
      case 'folder':
        return await openFolderSource(path, { name, signal, progress });
      case 'zip':
        return await openZipSource(path, { name, limits, signal, progress });
      case 'tar':
      case 'tar.gz':
        return await openTarSource(path, { name, limits, signal, progress, gzip: kind === 'tar.gz' });
      case 'csv':
        return await openCsvSource(path, { name, signal, progress });
    }
  } finally {
    progress.finish();
  }
}

async function recogniseFile(path: string, options: OpenSourceOptions): Promise<FileKind | 'folder'> {
  const { name } = options;
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return 'folder';
    if (!stats.isFile()) throw notASource(name, 'something that is neither a file nor a folder');
    if (options.asCsv || fileEnding(name) === '.csv' || fileEnding(name) === '.tsv') return 'csv';
    if (stats.size === 0) throw unsafeArchive(name, 'the file is empty (0 bytes)');
    return recogniseBytes(name, await readStart(path));
  } catch (error) {
    throw asPawprintError(error, `the source ${name}`);
  }
}

async function readStart(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Archives by others' first bytes (hexadecimal), to name them in the refusal. */
const unsupportedArchives: readonly (readonly [string, string])[] = [
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['28b52ffd', 'Zstandard'],
  ['377abcaf271c', '7z'],
  ['52617221', 'RAR'],
];

function recogniseBytes(name: string, start: Buffer): FileKind {
  const hex = start.toString('hex');
  if (/^504b(0304|0506|0708)/.test(hex)) return 'zip';
  if (hex.startsWith('1f8b')) return 'tar.gz';
  if (start.length === 512 && isTarHeader(start)) return 'tar';
  const packer = unsupportedArchives.find(([magic]) => hex.startsWith(magic));
  if (packer !== undefined)
    throw new PawprintError('ARCHIVE_UNSAFE', {
      message: `${name} is packed with ${packer[1]}, which is not supported`,
      expected: 'zip, tar or tar.gz',
      hint: 'Unpack it and import the folder.',
    });
  if (/\.(zip|tar|tgz|gz)$/i.test(name))
    throw unsafeArchive(name, 'it is neither a zip nor a tar, whatever its name says');
  throw notASource(name, isPictureName(name) ? 'a single picture' : 'a file of another kind');
}

function isTarHeader(block: Buffer): boolean {
  try {
    return new Header(block).cksumValid;
  } catch {
    return false;
  }
}

function notASource(name: string, received: string): PawprintError {
  return new PawprintError('NOT_A_DIRECTORY', {
    message: `${name} cannot be imported from`,
    expected: 'a folder, a zip, a tar or tar.gz, or a CSV of path,label',
    received,
    hint: 'Give the folder that holds the class folders. (A damaged archive is not recognised either.)',
  });
}
