// A large file over HTTP that survives a bad line: bytes go to `NAME.part`, a broken connection is taken up again where
// it stopped (Range, guarded by If-Range so that a changed file starts over), and only a whole, checked file gets its name.
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import {
  asPawprintError,
  hashFile,
  PawprintError,
  writeJsonAtomic,
  type Progress,
  type ProgressTask,
} from '../../core/index.ts';
import { assertRoom } from './free-space.ts';
import { getFollowing } from './http-get.ts';

export interface DownloadOptions {
  /** Tried in order; the next one when one answers that it does not have the file, or never answers. */
  readonly urls: readonly string[];
  /** Where the file shall stand. */
  readonly path: string;
  /** Lower-case hexadecimal; checked when given. */
  readonly sha256?: string;
  /** Expected bytes, for the check of the disk until the server has said. */
  readonly expectedBytes?: number;
  /** Bytes that will be needed on the same disk besides, per byte of the file (unpacking). */
  readonly extraRoomFactor?: number;
  /** Milliseconds to wait before try number `attempt` (1, 2, …) after one that brought nothing new. */
  readonly retryDelayMs?: (attempt: number) => number;
  /** Tries in a row that bring no new byte before giving up. */
  readonly maxAttempts?: number;
  readonly idleTimeoutMs?: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface DownloadedFile {
  readonly path: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What `NAME.part` is part of. */
const partSchema = z.strictObject({
  url: z.string(),
  /** ETag or Last-Modified, to be sent as If-Range; null where the server gives neither. */
  validator: z.string().nullable(),
  totalBytes: z.number().nullable(),
});
type Part = z.infer<typeof partSchema>;

interface Session extends DownloadOptions {
  readonly partPath: string;
  readonly recordPath: string;
  /** One bar for all tries, begun when the first answer tells how long the file is. */
  task: ProgressTask | undefined;
}

/** Not worth another try at this address. */
class GivenUp extends Error {}

/**
 * Downloads to `path`. Throws DOWNLOAD_FAILED, CHECKSUM_MISMATCH (the wrong file is removed), DISK_FULL, CANCELLED; after
 * DOWNLOAD_FAILED, DISK_FULL and CANCELLED what has come so far stays as `NAME.part` for the next run to go on with.
 */
export async function downloadFile(options: DownloadOptions): Promise<DownloadedFile> {
  const partPath = `${options.path}.part`;
  await mkdir(dirname(options.path), { recursive: true }).catch((error: unknown) => {
    throw asPawprintError(error, `the folder ${dirname(options.path)}`);
  });
  if (options.expectedBytes !== undefined) await checkRoom(options, options.expectedBytes - (await sizeOf(partPath)));
  const session: Session = { ...options, partPath, recordPath: `${partPath}.json`, task: undefined };
  try {
    const url = await fetchFromAny(session);
    return await finish(session, url);
  } finally {
    session.task?.finish();
  }
}

async function checkRoom(options: DownloadOptions, bytesToCome: number): Promise<void> {
  const total = options.expectedBytes ?? bytesToCome;
  const needed = Math.max(0, bytesToCome) + (options.extraRoomFactor ?? 0) * total;
  await assertRoom(dirname(options.path), needed, 'the download and what is unpacked from it');
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

async function fetchFromAny(session: Session): Promise<string> {
  const failures: string[] = [];
  for (const url of session.urls) {
    try {
      await fetchFrom(session, url);
      return url;
    } catch (error) {
      if (!(error instanceof GivenUp)) throw error;
      failures.push(`${url}: ${error.message}`);
      session.progress.line(failures.at(-1) ?? '');
    }
  }
  throw new PawprintError('DOWNLOAD_FAILED', {
    message: `the download failed\n    ${failures.join('\n    ')}`,
    hint:
      'Run the same command again to go on where it stopped. Without a network: get the file by hand and type ' +
      '"pawprint data import FILE --to DIR", or draw a data set with "pawprint data sample --to DIR".',
  });
}

/** Tries until the part is whole. Throws GivenUp when this address is not worth another try. */
async function fetchFrom(session: Session, url: string): Promise<void> {
  const maxAttempts = session.maxAttempts ?? 5;
  const delayOf = session.retryDelayMs ?? ((attempt: number) => Math.min(30_000, 1000 * 2 ** (attempt - 1)));
  let attempt = 0;
  for (;;) {
    const before = await sizeOf(session.partPath);
    const outcome = await tryOnce(session, url);
    if (outcome === 'done') return;
    // As long as bytes come, however few at a time, it is worth going on.
    attempt = (await sizeOf(session.partPath)) > before ? 1 : attempt + 1;
    if (attempt >= maxAttempts) throw new GivenUp(`${outcome.problem} (${maxAttempts} tries)`);
    const delay = Math.max(delayOf(attempt), outcome.waitMs ?? 0);
    session.progress.line(`${outcome.problem}; trying again in ${(delay / 1000).toFixed(1)} s`);
    await pause(delay, session.signal);
  }
}

interface Failure {
  readonly problem: string;
  /** What the server asked for with Retry-After. */
  readonly waitMs?: number;
}

async function tryOnce(session: Session, url: string): Promise<'done' | Failure> {
  throwIfStopped(session.signal);
  const { headers, have } = await resumeHeaders(session, url);
  let response: IncomingMessage;
  try {
    response = await getFollowing(url, {
      headers,
      signal: session.signal,
      idleTimeoutMs: session.idleTimeoutMs ?? 60_000,
    });
  } catch (error) {
    // Offline from the start: waiting would not help. Later on it may only be the line that is down.
    if (have === 0 && (error as NodeJS.ErrnoException).code === 'ENOTFOUND')
      throw new GivenUp((error as Error).message);
    return asFailure(session, error);
  }
  try {
    const start = await judge(session, response, { url, have });
    if (typeof start !== 'number') return start;
    return await receive(session, response, start);
  } catch (error) {
    return asFailure(session, error);
  } finally {
    response.destroy();
  }
}

/** Network errors are worth another try; what this program or the disk said is not. */
function asFailure(session: Session, error: unknown): Failure {
  throwIfStopped(session.signal);
  const known = asPawprintError(error, `writing ${session.partPath}`);
  if (known instanceof PawprintError || known instanceof GivenUp || !(known instanceof Error)) throw known;
  const code = (known as NodeJS.ErrnoException).code;
  return { problem: code === undefined || known.message.includes(code) ? known.message : `${known.message} (${code})` };
}

/** Asks for the rest only where the part is surely of the same file. */
async function resumeHeaders(
  session: Session,
  url: string,
): Promise<{ headers: Record<string, string>; have: number }> {
  const have = await sizeOf(session.partPath);
  const part = await readPart(session.recordPath);
  if (have === 0 || part === undefined) return { headers: {}, have: 0 };
  const range = { range: `bytes=${have}-` };
  // The checksum will tell a wrong joint too, so with one a server without validators can be resumed as well.
  if (part.validator === null || part.url !== url)
    return session.sha256 === undefined ? { headers: {}, have: 0 } : { headers: range, have };
  return { headers: { ...range, 'if-range': part.validator }, have };
}

async function readPart(path: string): Promise<Part | undefined> {
  try {
    return partSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** From which byte the response's body goes on, or that nothing more is to come, or what is wrong. */
async function judge(
  session: Session,
  response: IncomingMessage,
  asked: { readonly url: string; readonly have: number },
): Promise<number | 'done' | Failure> {
  const status = response.statusCode ?? 0;
  if (status === 200) return await startOver(session, response, asked.url);
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '');
    const totalBytes = (await readPart(session.recordPath))?.totalBytes ?? null;
    const sameTotal = totalBytes === null || range?.[2] === '*' || Number(range?.[2]) === totalBytes;
    if (Number(range?.[1]) === asked.have && sameTotal) return asked.have;
    await forgetPart(session);
    return { problem: 'the server sent another part than was asked for' };
  }
  if (status === 416) {
    const total = /^bytes \*\/(\d+)$/.exec(response.headers['content-range'] ?? '')?.[1];
    if (Number(total) === asked.have) return 'done';
    await forgetPart(session);
    return { problem: 'the file on the server is shorter than what came before' };
  }
  const problem = `the server answered ${status} ${response.statusMessage ?? ''}`.trim();
  if (status >= 500 || status === 408 || status === 429) return { problem, ...retryAfter(response) };
  throw new GivenUp(problem);
}

function retryAfter(response: IncomingMessage): { waitMs?: number } {
  const seconds = Number(response.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? { waitMs: Math.min(seconds, 120) * 1000 } : {};
}

/** A whole file comes: nothing before it counts. */
async function startOver(session: Session, response: IncomingMessage, url: string): Promise<0> {
  const { etag, 'last-modified': modified, 'content-length': length } = response.headers;
  // A weak ETag vouches for the meaning, not for the bytes, and may not stand in If-Range.
  const validator = etag !== undefined && !etag.startsWith('W/') ? etag : (modified ?? null);
  const totalBytes = length === undefined ? null : Number(length);
  if (totalBytes !== null) await checkRoom({ ...session, expectedBytes: totalBytes }, totalBytes);
  await forgetPart(session);
  await writeJsonAtomic(session.recordPath, { url, validator, totalBytes } satisfies Part);
  return 0;
}

async function forgetPart(session: Session): Promise<void> {
  await rm(session.partPath, { force: true });
  await rm(session.recordPath, { force: true });
}

async function receive(session: Session, response: IncomingMessage, start: number): Promise<'done' | Failure> {
  const length = response.headers['content-length'];
  const expected = length === undefined ? undefined : start + Number(length);
  let received = start;
  const task = (session.task ??= session.progress.start('downloading', expected ?? session.expectedBytes, 'bytes'));
  response.on('data', (chunk: Buffer) => {
    received += chunk.length;
    task.update(received);
  });
  await writeAll(response, createWriteStream(session.partPath, { flags: start === 0 ? 'w' : 'r+', start }));
  if (response.complete && (expected === undefined || received === expected)) return 'done';
  return { problem: `the connection ended after ${received} of ${expected ?? 'unknown'} bytes` };
}

/** Writes what comes; where the connection breaks, what had come by then is on disk all the same. */
async function writeAll(response: IncomingMessage, out: WriteStream): Promise<void> {
  const written = finished(out);
  written.catch(() => undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      response.on('end', resolve).on('close', resolve).on('error', reject);
      out.on('error', reject);
      response.pipe(out, { end: false });
      // Broken before anyone listened: its events are over.
      if (response.closed) resolve();
    });
  } finally {
    response.unpipe(out);
    out.end();
    await written;
  }
}

async function finish(session: Session, url: string): Promise<DownloadedFile> {
  const sha256 = await hashFile('sha256', session.partPath);
  if (session.sha256 !== undefined && sha256 !== session.sha256) {
    await forgetPart(session);
    throw new PawprintError('CHECKSUM_MISMATCH', {
      message: `what came from ${url} is not the file that was expected; it was removed`,
      expected: `sha256 ${session.sha256}`,
      received: `sha256 ${sha256}`,
      hint: 'Try again. If the publisher has replaced the file and you trust it, give the received sum with --sha256.',
    });
  }
  const bytes = await sizeOf(session.partPath);
  const handle = await open(session.partPath, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(session.partPath, session.path);
  await rm(session.recordPath, { force: true });
  return { path: session.path, url, bytes, sha256 };
}

function throwIfStopped(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new PawprintError('CANCELLED', {
    message: 'the download was stopped',
    hint: 'Run the same command again to go on where it stopped.',
    cause: signal.reason,
  });
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
  throwIfStopped(signal);
}
