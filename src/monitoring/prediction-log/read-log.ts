// Reading a log back: every entry of every file, in time order, one at a time.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { asPawprintError, listComplaints, PawprintError } from '../../core/index.ts';
import { type FeedbackEntry, feedbackEntrySchema, type PredictionEntry, predictionEntrySchema } from './entry.ts';
import { compareLogFiles, compareText, type LogFileName, parseLogFileName } from './file-names.ts';
import type { TimedEntry } from './line-buffer.ts';
import { type NumberedLine, readLines } from './read-lines.ts';
import { isJsonObject } from './torn-line.ts';

export interface ReadLogOptions {
  /** First instant that is wanted. */
  readonly from?: Date | undefined;
  /** First instant that is not wanted any more. */
  readonly to?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each last line that was left half-written by a crash or is being written right now; it is left out. */
  readonly onTornLine?: ((place: { readonly file: string; readonly line: number }) => void) | undefined;
}

export interface LogKind<Entry extends TimedEntry> {
  readonly prefix: string;
  readonly schema: z.ZodType<Entry>;
}

/** What the service's two logs are called, and what is in them. */
export const predictionLogKind: LogKind<PredictionEntry> = { prefix: 'predictions', schema: predictionEntrySchema };
export const feedbackLogKind: LogKind<FeedbackEntry> = { prefix: 'feedback', schema: feedbackEntrySchema };

/** Longer than any line that is written. */
const maxReadLineBytes = 2 ** 20;

/**
 * Entries of the prediction log in `directory`, in time order: day by day; within a day, each process's entries in the
 * order in which it wrote them, those of several processes merged by time. Memory does not grow with the log. Files that
 * vanish meanwhile (retention) are passed over. Throws FILE_NOT_FOUND, PERMISSION_DENIED, PREDICTION_LOG_INVALID for any
 * line but a torn last one that is no entry (names file and line), CANCELLED when `signal` aborts.
 */
export function readPredictionLog(directory: string, options: ReadLogOptions = {}): AsyncGenerator<PredictionEntry> {
  return readLog(directory, predictionLogKind, options);
}

/** The same for the true labels that came in. */
export function readFeedback(directory: string, options: ReadLogOptions = {}): AsyncGenerator<FeedbackEntry> {
  return readLog(directory, feedbackLogKind, options);
}

/** The same for a log of any kind of entry. */
export async function* readLog<Entry extends TimedEntry>(
  directory: string,
  kind: LogKind<Entry>,
  options: ReadLogOptions = {},
): AsyncGenerator<Entry> {
  const { signal } = options;
  const [from, to] = [options.from?.toISOString() ?? '', options.to?.toISOString() ?? '~'];
  throwIfAborted(signal);
  const names = await readdir(directory).catch((error: unknown) => {
    throw asPawprintError(error, `reading the log in ${directory}`);
  });
  const files = names.map((name) => parseLogFileName(kind.prefix, name)).filter((file) => file !== undefined);
  // A file holds lines of its day only, so that whole files can be left out.
  const wanted = files.filter(({ day }) => day >= from.slice(0, 10) && day <= to.slice(0, 10)).sort(compareLogFiles);
  for (const day of new Set(wanted.map((file) => file.day))) {
    const ofDay = Map.groupBy(
      wanted.filter((file) => file.day === day),
      (file) => file.instance,
    );
    const streams = [...ofDay.values()].map((own) => readFiles(directory, own, { ...kind, ...options }));
    for await (const entry of mergeByTime(streams)) {
      throwIfAborted(signal);
      if (entry.time >= from && entry.time < to) yield entry;
    }
  }
}

type FileOptions<Entry extends TimedEntry> = LogKind<Entry> & ReadLogOptions;

async function* readFiles<Entry extends TimedEntry>(
  directory: string,
  files: readonly LogFileName[],
  options: FileOptions<Entry>,
): AsyncGenerator<Entry> {
  for (const { name } of files) yield* readFile(join(directory, name), options);
}

async function* readFile<Entry extends TimedEntry>(path: string, options: FileOptions<Entry>): AsyncGenerator<Entry> {
  try {
    for await (const line of readLines(path, maxReadLineBytes)) {
      if (!line.ended && !isJsonObject(line.bytes)) options.onTornLine?.({ file: path, line: line.number });
      else yield parseEntry(line, path, options.schema);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    if (error instanceof RangeError)
      throw invalidLine(`${path}:${error.message}`, {
        expected: `at most ${maxReadLineBytes} bytes`,
        received: 'more',
      });
    throw asPawprintError(error, `reading ${path}`);
  }
}

function parseEntry<Entry>({ bytes, number }: NumberedLine, path: string, schema: z.ZodType<Entry>): Entry {
  const place = `${path}:${number}`;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalidLine(place, {
      expected: 'one JSON object',
      received: JSON.stringify(bytes.toString().slice(0, 60)),
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const complaint = listComplaints(parsed.error, value)[0];
  throw invalidLine(complaint === undefined || complaint.path === '' ? place : `${place}: ${complaint.path}`, {
    expected: complaint?.expected ?? 'an entry',
    received: complaint?.received ?? 'none',
  });
}

function invalidLine(
  place: string,
  words: { readonly expected: string; readonly received: string; readonly cause?: unknown },
): PawprintError {
  return new PawprintError('PREDICTION_LOG_INVALID', {
    message: `${place} is no entry of the log`,
    ...words,
    hint: 'Move the file away, or delete that line.',
  });
}

/** Entries of several streams, always the earliest head next; of equal ones that of the earlier stream. */
async function* mergeByTime<Entry extends TimedEntry>(
  streams: readonly AsyncGenerator<Entry>[],
): AsyncGenerator<Entry> {
  const heads: { readonly stream: AsyncGenerator<Entry>; entry: Entry }[] = [];
  try {
    for (const stream of streams) {
      const next = await stream.next();
      if (next.done !== true) heads.push({ stream, entry: next.value });
    }
    while (heads.length > 0) {
      let earliest = 0;
      heads.forEach(({ entry }, i) => {
        if (compareText(entry.time, heads[earliest]?.entry.time ?? '') < 0) earliest = i;
      });
      const head = heads[earliest];
      if (head === undefined) throw new Error('no head');
      yield head.entry;
      const next = await head.stream.next();
      if (next.done === true) heads.splice(earliest, 1);
      else head.entry = next.value;
    }
  } finally {
    // Whoever stops early leaves files open otherwise.
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new PawprintError('CANCELLED', { message: 'reading the log was stopped' });
}
