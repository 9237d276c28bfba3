// The files that one process writes one after the other: which one is open, when the next begins, which old ones go.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../../core/index.ts';
import { compareLogFiles, type LogFileName, logFileName, parseLogFileName } from './file-names.ts';
import { type JsonLinesFile, openJsonLinesFile } from './json-lines-file.ts';
import { removeOldFiles, type Retention } from './retention.ts';

export interface FileSeriesOptions {
  readonly directory: string;
  readonly prefix: string;
  /** Empty: the only process that writes to the folder. */
  readonly instance: string;
  readonly maxFileBytes: number;
  readonly maxLineBytes: number;
  readonly retention: Retention;
  /** Whether files and their names are flushed to the disk when they are left or made. */
  readonly durable: boolean;
  readonly now: () => Date;
}

export interface FileSeries {
  /**
   * The file for a line of `day` (UTC, 2026-11-25) that has `bytes` bytes: the open one, the newest of that day, or a new
   * one. Makes the folder. Throws what the system says.
   */
  fileFor(day: string, bytes: number): Promise<JsonLinesFile>;
  /** Flushes the open file to the disk, if there is one. */
  sync(): Promise<void>;
  /** Leaves the open file: flushed, if the series is durable. */
  close(): Promise<void>;
  /** Leaves the open file as it is, after an error. Does not throw. */
  abandon(): Promise<void>;
}

export function createFileSeries(options: FileSeriesOptions): FileSeries {
  const { directory, prefix, instance, maxFileBytes, maxLineBytes, retention, durable, now } = options;
  let open: { readonly day: string; readonly file: JsonLinesFile } | null = null;

  const hasRoom = (file: JsonLinesFile, bytes: number): boolean => file.size === 0 || file.size + bytes <= maxFileBytes;

  const leave = async (): Promise<void> => {
    const left = open;
    open = null;
    if (left === null) return;
    try {
      if (durable) await left.file.sync();
    } finally {
      await left.file.close();
    }
  };

  /** A file that is there is gone on with; a new one is made so that an existing one cannot be meant. */
  const openNext = async (day: string, bytes: number): Promise<JsonLinesFile> => {
    await mkdir(directory, { recursive: true });
    const files = (await readdir(directory))
      .map((name) => parseLogFileName(prefix, name))
      .filter((file) => file != null);
    const own = files.filter((file) => file.instance === instance && file.day === day).sort(compareLogFiles);
    const newest = own.at(-1);
    if (newest !== undefined) {
      const file = await goOnWith(join(directory, newest.name));
      if (file !== undefined && hasRoom(file, bytes)) return file;
      await file?.close();
    }
    const sequence = newest === undefined ? 0 : newest.sequence + 1;
    return openFresh({ day, instance, sequence }, files);
  };

  /** Undefined for a file that is not ours to write: another user's, or a folder of that name. The next one will do. */
  const goOnWith = async (path: string): Promise<JsonLinesFile | undefined> => {
    try {
      return await openJsonLinesFile(path, { fresh: false, maxLineBytes });
    } catch (error) {
      if (['EACCES', 'EPERM', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  };

  const openFresh = async (
    parts: Omit<LogFileName, 'name'>,
    others: readonly LogFileName[],
  ): Promise<JsonLinesFile> => {
    const name = logFileName(prefix, parts);
    const file = await openJsonLinesFile(join(directory, name), { fresh: true, maxLineBytes });
    if (durable) await syncDirectory(directory).catch(() => undefined);
    await removeOldFiles(directory, {
      files: [...others, { name, ...parts }],
      current: name,
      instance,
      retention,
      now,
    });
    return file;
  };

  return {
    fileFor: async (day, bytes) => {
      if (open !== null && open.day === day && hasRoom(open.file, bytes)) return open.file;
      await leave();
      open = { day, file: await openNext(day, bytes) };
      return open.file;
    },
    sync: async () => open?.file.sync(),
    close: leave,
    abandon: async () => {
      const left = open;
      open = null;
      await left?.file.close().catch(() => undefined);
    },
  };
}
