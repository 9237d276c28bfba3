// A log that never gets in the way: lines wait in bounded memory and are written in order by one chain of work, behind
// the back of whoever writes. A disk that is full or gone costs lines, counted, and nothing else.
import type { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import { type DropReason, dropReasonOf } from './drop-reasons.ts';
import { checkInstanceId } from './file-names.ts';
import { createFileSeries } from './file-series.ts';
import { createLineBuffer, lineOf, type TimedEntry } from './line-buffer.ts';
import type { Retention } from './retention.ts';

/**
 * When written lines are forced onto the disk, so that they survive a power cut (that of the process alone they survive
 * once written): `interval`: `fsyncIntervalMs` after the first that is not there yet; `always`: with each write, before
 * `onWritten`; `never`: when the system likes. `interval` and `always` also do so when a file is left and at `close`.
 */
export type FsyncPolicy = 'interval' | 'always' | 'never';

/** What a log tells of itself. Called from the chain of work (`onDropped` also from `write`); must not throw. */
export interface LogObserver {
  readonly onWritten?: ((written: { readonly lines: number; readonly bytes: number }) => void) | undefined;
  readonly onDropped?: ((dropped: { readonly lines: number; readonly reason: DropReason }) => void) | undefined;
  /** When writing begins to fail (with the error) and when it works again. */
  readonly onHealth?: ((healthy: boolean, error: unknown) => void) | undefined;
}

export interface JsonLinesLogOptions<Entry extends TimedEntry> extends LogObserver {
  /** Made when it is missing. */
  readonly directory: string;
  /** Files are called <prefix>-<UTC day of the entries>[-<instance>]-<000, 001, …>.jsonl. */
  readonly prefix: string;
  /** Tells this process from others that write to the same folder: each needs its own, the same after a restart. */
  readonly instance?: string;
  /** What an entry must be; another is dropped as `invalid`. */
  readonly schema: z.ZodType<Entry>;
  /** A file that would grow larger is left for the next. 64 MiB unless told. */
  readonly maxFileBytes?: number;
  /** Everything is kept unless told. */
  readonly retention?: Retention;
  /** `interval` unless told. */
  readonly fsync?: FsyncPolicy;
  /** 1,000 unless told. */
  readonly fsyncIntervalMs?: number;
  /** Lines that may wait for the disk. 8 MiB unless told. */
  readonly maxWaitingBytes?: number;
  /** Lines wait so long for others, to be written with them. 50 unless told. */
  readonly gatherMs?: number;
  /** Pause after a failed write, doubled from failure to failure up to `longest`. 100 to 5,000 unless told. */
  readonly retryMs?: { readonly first: number; readonly longest: number };
  /** Only for the age of files; lines go by their own time. */
  readonly now: () => Date;
}

export interface JsonLinesLog<Entry extends TimedEntry> {
  /** Takes an entry. Never throws, never waits. */
  write(entry: Entry): void;
  /** Writes what waits and forces it onto the disk; false when that did not work. Does not throw. */
  flush(): Promise<boolean>;
  /** Flushes and ends; lines that are not written within `withinMs` (2,000 unless told) are dropped. Does not throw. */
  close(withinMs?: number): Promise<void>;
}

/** Longest line, its newline counted. */
export const maxLineBytes = 65_536;
/** Most that one write takes, so that writing again costs little. */
const maxWriteBytes = 262_144;

/** Starts nothing until the first entry. Throws CONFIG_INVALID for an instance id that cannot stand in a file's name. */
export function createJsonLinesLog<Entry extends TimedEntry>(options: JsonLinesLogOptions<Entry>): JsonLinesLog<Entry> {
  const { directory, prefix, schema, now, instance = '', retention = {}, fsync = 'interval' } = options;
  const { maxFileBytes = 64 * 2 ** 20, fsyncIntervalMs = 1000, maxWaitingBytes = 8 * 2 ** 20 } = options;
  const { gatherMs = 50, retryMs = { first: 100, longest: 5000 } } = options;
  checkInstanceId(instance);
  if (retention.maxFiles !== undefined && retention.maxFiles < 1)
    throw new PawprintError('CONFIG_INVALID', { message: 'a log keeps at least one file', expected: '1 or more' });
  const durable = fsync !== 'never';
  const series = createFileSeries({ directory, prefix, instance, maxFileBytes, maxLineBytes, retention, durable, now });
  const buffer = createLineBuffer(maxWaitingBytes);
  let chain: Promise<unknown> = Promise.resolve();
  let [writing, closed, unsynced] = [false, false, false];
  let ending: Promise<void> | undefined;
  /** Failed attempts in a row, and what the last one means for lines that find no room. */
  let failure: { readonly attempts: number; readonly reason: DropReason } | null = null;
  let writeTimer: NodeJS.Timeout | undefined;
  let syncTimer: NodeJS.Timeout | undefined;

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = chain.then(work);
    chain = result.catch(() => undefined);
    return result;
  };
  const drop = (lines: number, reason: DropReason): void => {
    if (lines > 0) options.onDropped?.({ lines, reason });
  };
  const fail = async (error: unknown): Promise<void> => {
    const known = failure;
    failure = { attempts: (known?.attempts ?? 0) + 1, reason: dropReasonOf(error) };
    await series.abandon();
    if (known === null) options.onHealth?.(false, error);
  };

  /** One write of what waits at the front: lines of one day, as many as fit the file. Says how many. */
  const writeSome = async (): Promise<number> => {
    const first = buffer.first();
    if (first === undefined) return 0;
    const file = await series.fileFor(first.day, first.bytes.length);
    const room = file.size === 0 ? maxFileBytes : maxFileBytes - file.size;
    const batch = buffer.front(first.day, Math.min(room, maxWriteBytes));
    const { lines, bytes, error } = await file.append(batch);
    // After `close` has given up on them they are counted as dropped already.
    if (!closed) buffer.remove(lines);
    if (fsync === 'always' && lines > 0)
      await series.sync().catch((syncError: unknown) => {
        drop(lines, dropReasonOf(syncError));
        throw syncError;
      });
    if (lines > 0 && !closed) options.onWritten?.({ lines, bytes });
    if (lines > 0 && fsync !== 'always') syncLater();
    if (error !== null) throw error;
    return lines;
  };

  /** Writes what waits by now, or until it fails; says which. What comes meanwhile waits, lest no sync gets its turn. */
  const writeAll = async (): Promise<boolean> => {
    writing = true;
    try {
      for (let left = buffer.length; left > 0 && !closed;) {
        left -= await writeSome();
        if (failure !== null) options.onHealth?.(true, null);
        failure = null;
      }
      return true;
    } catch (error) {
      await fail(error);
      return false;
    } finally {
      writing = false;
      schedule();
    }
  };

  const sync = async (): Promise<boolean> => {
    try {
      if (unsynced) await series.sync();
      unsynced = false;
      return true;
    } catch (error) {
      await fail(error);
      return false;
    }
  };

  const syncLater = (): void => {
    unsynced = true;
    if (fsync !== 'interval' || syncTimer !== undefined || ending !== undefined) return;
    syncTimer = setTimeout(() => {
      syncTimer = undefined;
      void inTurn(sync);
    }, fsyncIntervalMs).unref();
  };

  /** The next write: soon, or after the pause that a failure asks for. */
  const schedule = (): void => {
    if (writeTimer !== undefined || writing || ending !== undefined || buffer.first() === undefined) return;
    const pause =
      failure === null ? gatherMs : Math.min(retryMs.longest, retryMs.first * 2 ** Math.min(30, failure.attempts - 1));
    // Not unref'd: waiting lines are worth staying for.
    writeTimer = setTimeout(() => {
      writeTimer = undefined;
      void inTurn(writeAll);
    }, pause);
  };

  const flush = (): Promise<boolean> => {
    clearTimeout(writeTimer);
    writeTimer = undefined;
    return inTurn(async () => (await writeAll()) && (fsync === 'never' || (await sync())));
  };

  const end = async (withinMs: number): Promise<void> => {
    const flushed = flush();
    clearTimeout(syncTimer);
    const done = flushed.then(() => inTurn(() => series.close())).catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([done, new Promise((resolve) => (timer = setTimeout(resolve, withinMs)))]);
    clearTimeout(timer);
    closed = true;
    drop(buffer.clear(), failure?.reason ?? 'closed');
  };

  return {
    write: (entry) => {
      if (ending !== undefined) {
        drop(1, 'closed');
        return;
      }
      const line = lineOf(entry, schema, maxLineBytes);
      if (line === undefined) drop(1, 'invalid');
      else if (!buffer.add(line)) drop(1, failure?.reason ?? 'buffer_full');
      else schedule();
    },
    flush,
    close: (withinMs = 2000) => (ending ??= end(withinMs)),
  };
}
