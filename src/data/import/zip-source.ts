// A zip as a source. Everything that could harm is looked at in its directory first, so that a refused archive leaves
// nothing behind; checksums (which yauzl leaves to its user) are compared while reading.
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw, type ZlibOptions } from 'node:zlib';
import yauzl, { type Entry } from 'yauzl';
import type { ProgressTask } from '../../core/index.ts';
import { createArchiveMeter, unsafeArchive, type ArchiveLimits } from './archive-limits.ts';
import { countSkip, skipReason, type SkipCounts } from './file-kinds.ts';
import { throwIfAborted } from './folder-source.ts';
import { normaliseEntryPath } from './names.ts';
import type { Source, SourceEntry } from './source.ts';

const methodNames: Readonly<Record<number, string>> = {
  1: 'Shrink',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
};
const zipOptions = { autoClose: false, decodeStrings: false, validateEntrySizes: true } as const;

/**
 * Lists the pictures in the zip at `path`. Throws ARCHIVE_UNSAFE for what is damaged, encrypted, over a limit, or
 * holds a path or a link that leads out of it.
 */
export async function openZipSource(
  path: string,
  options: {
    readonly name: string;
    readonly limits: ArchiveLimits;
    readonly signal: AbortSignal;
    readonly progress: ProgressTask;
  },
): Promise<Source> {
  const { name, limits, signal } = options;
  const listed: { readonly path: string; readonly size: number; readonly zipEntry: Entry }[] = [];
  const folders = new Set<string>();
  const skipped: SkipCounts = new Map();
  const meter = createArchiveMeter(name, limits);
  let unpacked = 0;
  for await (const zipEntry of listZip(path, options)) {
    throwIfAborted(signal);
    const rawName = decodeName(zipEntry);
    const entryPath = checkEntry(name, zipEntry, rawName);
    addFolders(folders, rawName.endsWith('/') || rawName.endsWith('\\') ? entryPath : parentOf(entryPath));
    if (rawName.endsWith('/') || rawName.endsWith('\\') || entryPath === '') continue;
    const reason = skipReason(entryPath);
    meter.addEntry(entryPath, reason === undefined ? zipEntry.uncompressedSize : 0);
    if (reason !== undefined) {
      countSkip(skipped, reason);
      continue;
    }
    assertReadable(name, zipEntry, entryPath);
    meter.checkRatio(entryPath, zipEntry.uncompressedSize, zipEntry.compressedSize);
    unpacked += zipEntry.uncompressedSize;
    listed.push({ path: entryPath, size: zipEntry.uncompressedSize, zipEntry });
    options.progress.update(listed.length);
  }
  // Entries may share the same packed bytes, each with a harmless ratio of its own.
  meter.checkRatio('it', unpacked, (await stat(path)).size);
  const entries: SourceEntry[] = listed.map((entry) => ({ path: entry.path, size: entry.size }));
  return {
    name,
    kind: 'zip',
    entries,
    folders,
    skipped,
    notes: [],
    contents: async function* (wanted, abort) {
      const zip = await yauzl.openPromise(path, zipOptions);
      try {
        for (const [index, entry] of listed.entries()) {
          if (!wanted.has(index)) continue;
          throwIfAborted(abort);
          yield { index, content: { kind: 'bytes', bytes: await readEntry(zip, entry, name) } };
        }
      } finally {
        zip.close();
      }
    },
  };
}

async function* listZip(
  path: string,
  { name, limits }: { readonly name: string; readonly limits: ArchiveLimits },
): AsyncGenerator<Entry> {
  let zip: yauzl.ZipFile | undefined;
  try {
    zip = await yauzl.openPromise(path, zipOptions);
    if (zip.entryCount > limits.maxEntries)
      throw unsafeArchive(
        name,
        `it says it holds ${zip.entryCount} entries, more than the ${limits.maxEntries} allowed`,
        {
          hint: 'If you trust this archive, raise the limit with --max-entries.',
        },
      );
    yield* zip.eachEntry();
  } catch (error) {
    throw asUnsafe(name, error);
  } finally {
    zip?.close();
  }
}

function asUnsafe(name: string, error: unknown): unknown {
  // Disk errors keep their meaning; everything else that yauzl throws is about the archive.
  if (!(error instanceof Error) || 'code' in error) return error;
  return unsafeArchive(name, `it is damaged, cut short, or no zip (${error.message})`, { cause: error });
}

/** Zips made on macOS hold UTF-8 without saying so; anything that is valid UTF-8 is taken for it. */
function decodeName(entry: Entry): string {
  const saysUtf8 = (entry.generalPurposeBitFlag & 0x800) !== 0;
  const hasUnicodeField = entry.extraFields.some((field) => field.id === 0x7075);
  if (!saysUtf8 && !hasUnicodeField) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(entry.fileNameRaw);
    } catch {
      // Not UTF-8: the code page that the format names, below.
    }
  }
  return yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
}

const fileTypeMask = 0o170000;
const harmlessTypes = new Set([0, 0o100000, 0o040000]);

/** The entry's clean path. Throws ARCHIVE_UNSAFE for escapes, links and devices, whatever their kind of file. */
function checkEntry(name: string, entry: Entry, rawName: string): string {
  const result = normaliseEntryPath(rawName);
  if ('refused' in result)
    throw unsafeArchive(name, `the entry ${JSON.stringify(rawName)} is refused: ${result.refused}`);
  const madeBy = entry.versionMadeBy >> 8;
  const mode = entry.externalFileAttributes >>> 16;
  if ((madeBy === 3 || madeBy === 19) && !harmlessTypes.has(mode & fileTypeMask))
    throw unsafeArchive(name, `the entry ${JSON.stringify(rawName)} is refused: it is a link or a device`, {
      hint: 'Pack it again with links followed (zip does so without -y).',
    });
  return result.path;
}

function assertReadable(name: string, entry: Entry, path: string): void {
  if (entry.isEncrypted())
    throw unsafeArchive(name, `${path} is encrypted`, { hint: 'Unpack it with its password, then import the folder.' });
  if (entry.compressionMethod === 0 || entry.compressionMethod === 8) return;
  const method = methodNames[entry.compressionMethod] ?? `method ${entry.compressionMethod}`;
  throw unsafeArchive(name, `${path} is packed with ${method}, which is not supported`, {
    hint: 'Pack it again with the usual Deflate, or unpack it and import the folder.',
  });
}

/** The entry's bytes. Unpacked in one call: a stream per photo costs four times as much. */
async function readEntry(
  zip: yauzl.ZipFile,
  entry: { readonly path: string; readonly zipEntry: Entry },
  name: string,
): Promise<Buffer> {
  const { compressionMethod, uncompressedSize, crc32: expected } = entry.zipEntry;
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry.zipEntry, { decodeFileData: false }))
      chunks.push(chunk as Buffer);
    const packed = Buffer.concat(chunks);
    // No more than it said, whatever the packed bytes would give.
    const chunkSize = Math.min(Math.max(uncompressedSize, 64), 1 << 20);
    const options = { maxOutputLength: Math.max(1, uncompressedSize), chunkSize };
    const bytes = compressionMethod === 8 ? await inflateRawAsync(packed, options) : packed;
    if (bytes.length === uncompressedSize && crc32(bytes) === expected) return bytes;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw unsafeArchive(name, `${entry.path} cannot be unpacked (${why})`, { cause: error });
  }
  throw unsafeArchive(name, `${entry.path} is damaged: its bytes do not match their checksum`);
}

const inflateRawAsync = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw);

/** The folder part of a path, '' at the top. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Adds `folder` and the folders above it. */
export function addFolders(folders: Set<string>, folder: string): void {
  for (let at = folder; at !== '' && !folders.has(at); at = parentOf(at)) folders.add(at);
}
