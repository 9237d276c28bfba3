// A tar or tar.gz as a source. A tar has no directory, so it is read twice: once to list and to refuse what could
// harm, before anything is written, and once for the contents.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { PawprintError, type ProgressTask } from '../../core/index.ts';
import { createArchiveMeter, unsafeArchive, type ArchiveLimits, type ArchiveMeter } from './archive-limits.ts';
import { countSkip, skipReason, type SkipCounts } from './file-kinds.ts';
import { throwIfAborted } from './folder-source.ts';
import { normaliseEntryPath } from './names.ts';
import type { Source, SourceEntry } from './source.ts';
import { addFolders, parentOf } from './zip-source.ts';

interface TarOptions {
  readonly name: string;
  readonly gzip: boolean;
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  readonly progress: ProgressTask;
}

/**
 * Lists the pictures in the tar at `path`. Throws ARCHIVE_UNSAFE for what is damaged, over a limit, or holds a link,
 * a device or a path that leads out of it.
 */
export async function openTarSource(path: string, options: TarOptions): Promise<Source> {
  const { name } = options;
  const listed: { readonly entry: SourceEntry; readonly ordinal: number }[] = [];
  const folders = new Set<string>();
  const skipped: SkipCounts = new Map();
  const meter = createArchiveMeter(name, options.limits);
  const end = { seen: false };
  let ordinal = -1;
  for await (const item of readTar(path, { ...options, meter, wanted: () => false, onEnd: () => (end.seen = true) })) {
    ordinal += 1;
    const entryPath = checkItem(name, item);
    addFolders(folders, item.type === 'folder' ? entryPath : parentOf(entryPath));
    if (item.type === 'folder' || entryPath === '') continue;
    const reason = item.type === 'other' ? `unsupported tar entry (${item.typeName})` : skipReason(entryPath);
    if (reason === undefined) meter.addEntry(entryPath, item.size);
    else countSkip(skipped, reason);
    if (reason === undefined) listed.push({ entry: { path: entryPath, size: item.size }, ordinal });
    options.progress.update(listed.length);
  }
  const indexOfOrdinal = new Map(listed.map((entry, index) => [entry.ordinal, index]));
  return {
    name,
    kind: 'tar',
    entries: listed.map(({ entry }) => entry),
    folders,
    skipped,
    notes: end.seen ? [] : ['the archive has no end mark: it may have been cut short between two files'],
    contents: async function* (wanted, signal) {
      const isWanted = (at: number): boolean => wanted.has(indexOfOrdinal.get(at) ?? -1);
      for await (const item of readTar(path, { ...options, signal, meter: undefined, wanted: isWanted })) {
        const index = indexOfOrdinal.get(item.ordinal);
        if (index !== undefined && item.bytes !== undefined)
          yield { index, content: { kind: 'bytes', bytes: item.bytes } };
      }
    },
  };
}

interface TarItem {
  /** Counts every entry, from 0. */
  readonly ordinal: number;
  readonly rawPath: string;
  readonly type: 'file' | 'folder' | 'forbidden' | 'other';
  readonly typeName: string;
  readonly size: number;
  readonly bytes: Buffer | undefined;
}

const typeOf: Partial<Record<string, TarItem['type']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'folder',
  GNUDumpDir: 'folder',
  Link: 'forbidden',
  SymbolicLink: 'forbidden',
  CharacterDevice: 'forbidden',
  BlockDevice: 'forbidden',
  FIFO: 'forbidden',
};

function checkItem(name: string, item: TarItem): string {
  const result = normaliseEntryPath(item.rawPath);
  const entry = `the entry ${JSON.stringify(item.rawPath)}`;
  if ('refused' in result) throw unsafeArchive(name, `${entry} is refused: ${result.refused}`);
  if (item.type === 'forbidden')
    throw unsafeArchive(name, `${entry} is refused: it is a link or a device (${item.typeName})`, {
      hint: 'Pack it again with links followed: tar --dereference --hard-dereference.',
    });
  return result.path;
}

interface ReadOptions {
  readonly name: string;
  readonly gzip: boolean;
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  readonly meter: ArchiveMeter | undefined;
  /** Whether the entry of this ordinal is to come with its bytes. */
  readonly wanted: (ordinal: number) => boolean;
  readonly onEnd?: () => void;
}

/** Every entry in the order of the archive; no more is read than the consumer asks for. */
async function* readTar(path: string, options: ReadOptions): AsyncGenerator<TarItem> {
  const { name, signal, meter } = options;
  const ready: TarItem[] = [];
  let damage: string | undefined;
  let ordinal = -1;
  const parser = new Parser({
    onwarn: (code, message) => {
      if (code !== 'TAR_ENTRY_INFO') damage ??= message;
    },
    onReadEntry: (entry) => {
      ordinal += 1;
      collect(entry, { ordinal, keep: options.wanted(ordinal), limits: options.limits, name }, (item) =>
        ready.push(item),
      );
    },
  });
  parser.on('eof', () => options.onEnd?.());
  parser.on('error', (error: Error) => (damage ??= error.message));
  const { stream, packedBytes } = openStream(path, options.gzip);
  let unpacked = 0;
  try {
    for await (const chunk of stream) {
      throwIfAborted(signal);
      const bytes = chunk as Buffer;
      if (unpacked === 0) assertPackedOnce(name, bytes);
      unpacked += bytes.length;
      meter?.checkRatio('it', unpacked, packedBytes());
      parser.write(bytes);
      if (damage !== undefined) break;
      yield* ready.splice(0);
    }
    if (damage === undefined) parser.end();
  } catch (error) {
    throw asUnsafe(name, error);
  } finally {
    stream.destroy();
  }
  if (damage !== undefined || unpacked === 0)
    throw unsafeArchive(name, `it is damaged, cut short, or no tar (${damage ?? 'it holds nothing'})`);
  yield* ready.splice(0);
}

function asUnsafe(name: string, error: unknown): unknown {
  if (error instanceof PawprintError || !(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!code.startsWith('Z_') && code !== 'ERR_STREAM_PREMATURE_CLOSE') return error;
  return unsafeArchive(name, `it is damaged or cut short (${error.message})`, { cause: error });
}

function openStream(
  path: string,
  gzip: boolean,
): { stream: NodeJS.ReadableStream & { destroy(): void }; packedBytes: () => number } {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  if (!gzip) return { stream: file, packedBytes: () => file.bytesRead };
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // Errors of either reach the reader of `gunzip`, which pipeline destroys with them.
  pipeline(file, gunzip, () => undefined);
  return { stream: gunzip, packedBytes: () => file.bytesRead };
}

/** The tar parser would unpack a second layer by itself, past every limit kept here. */
function assertPackedOnce(name: string, first: Buffer): void {
  const start = first.subarray(0, 4).toString('hex');
  if (start.startsWith('1f8b') || start === '28b52ffd')
    throw unsafeArchive(name, 'it is packed twice over', {
      hint: 'Unpack the outer layer, then import what is inside.',
    });
}

function collect(
  entry: ReadEntry,
  how: { readonly ordinal: number; readonly keep: boolean; readonly limits: ArchiveLimits; readonly name: string },
  done: (item: TarItem) => void,
): void {
  const keep = how.keep && entry.size <= how.limits.maxEntryBytes;
  const chunks: Buffer[] = [];
  entry.on('end', () => {
    done({
      ordinal: how.ordinal,
      rawPath: entry.path,
      type: typeOf[entry.type] ?? 'other',
      typeName: entry.type,
      size: entry.size,
      bytes: keep ? Buffer.concat(chunks) : undefined,
    });
  });
  if (keep) entry.on('data', (chunk) => chunks.push(chunk));
  else entry.resume();
}
