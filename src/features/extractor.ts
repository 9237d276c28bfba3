// The features of photos: found in the cache by content, or computed by worker threads on all cores, each with a
// session of its own. What is computed is kept as it comes, so that a run that is stopped goes on where it was.
import { readFile } from 'node:fs/promises';
import {
  asPawprintError,
  createWorkerPool,
  defaultWorkerCount,
  fromWire,
  hashBytes,
  PawprintError,
  type Progress,
  type ProgressTask,
  silentProgress,
  type WorkerPool,
  workerScript,
} from '../core/index.ts';
import { subgraph, writeOnnx } from '../graph/index.ts';
import type { Backbone } from './backbone.ts';
import type { ExtractPhoto, ExtractReply, ExtractRequest, ExtractSettings } from './extract-chunk.ts';
import { createFeatureCache, type FeatureCache, type View } from './feature-cache.ts';
import { type ExtractedFeatures, FeatureResult } from './feature-result.ts';

export interface FeatureExtractorOptions {
  readonly backbone: Backbone;
  /** Folder in which features are kept by content; null: they are not. */
  readonly cacheDirectory: string | null;
  /** Threads; every core unless told. Changes no result. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  /** Also the features of each photo with left and right exchanged. */
  readonly mirrored?: boolean;
}

/** A photo's file. `md5` of its bytes, where it is known, spares a cached run from reading the file. */
export interface FeaturePhoto {
  readonly path: string;
  readonly md5?: string;
}

export interface FeatureExtractor {
  /**
   * The features of photos; a bad one fails alone. Memory is that of the result. Throws CANCELLED when the signal
   * aborts (what is computed by then is kept), MODEL_INVALID when ONNX Runtime refuses the backbone.
   */
  extract(photos: readonly FeaturePhoto[]): Promise<ExtractedFeatures>;
  /** Ends the worker threads. */
  close(): Promise<void>;
}

type Pool = WorkerPool<ExtractRequest, ExtractReply[]>;

/** Photos a worker gets at once. */
const chunkPhotos = 8;
/** Chunks under way for each worker: one being looked at, one waiting. */
const chunksPerWorker = 2;

/** What is to be done for one content: the views that the cache lacks, and the rows of the result that they fill. */
interface Task extends ExtractPhoto {
  readonly rows: readonly number[];
  readonly views: View[];
}

/**
 * An extractor for one backbone. Threads start at the first photo that must be computed and stay for the next call.
 * Each photo goes through the backbone alone on one thread: its numbers depend on nothing but its bytes, and are those
 * that a model made of this graph computes.
 */
export function createFeatureExtractor(options: FeatureExtractorOptions): FeatureExtractor {
  const { backbone, signal, progress = silentProgress } = options;
  let pool: Pool | undefined;
  const poolFor = async (photos: number): Promise<Pool> => {
    const size = Math.max(1, Math.min(options.workers ?? defaultWorkerCount(), Math.ceil(photos / chunkPhotos)));
    if (pool !== undefined && pool.size >= size) return pool;
    await pool?.close();
    pool = startPool(backbone, size);
    return pool;
  };
  return {
    extract: async (photos) => {
      const result = new FeatureResult(backbone, photos.length, options.mirrored === true);
      const caches = openCaches(options);
      const tasks = await listTasks(photos, { result, known: caches.size > 0, signal });
      await readCaches(tasks, caches, result);
      const missing = tasks.filter(({ views }) => views.length > 0);
      const cached = photos.length - result.failures.size - missing.length;
      if (missing.length > 0) {
        const task = progress.start('computing features', missing.length, 'photos');
        const computing = { pool: await poolFor(missing.length), caches, result, signal, task };
        try {
          await compute(missing, computing);
        } finally {
          await Promise.all([...caches.values()].map((cache) => cache.flush()));
          task.finish();
        }
      }
      const stillFailed = missing.filter(({ rows }) => rows.some((row) => result.failures.has(row))).length;
      return { ...result.finished(), computed: missing.length - stillFailed, cached };
    },
    close: async () => {
      await pool?.close();
      pool = undefined;
    },
  };
}

function startPool(backbone: Backbone, size: number): Pool {
  const { featuresOutput, classLogitsOutput, preprocessing } = backbone;
  const names = classLogitsOutput === null ? [featuresOutput] : [featuresOutput, classLogitsOutput];
  const workerData: ExtractSettings = {
    model: writeOnnx(subgraph(backbone.graph, [...new Set(names)])),
    inputName: backbone.graph.inputs[0]?.name ?? '',
    featuresOutput,
    classLogitsOutput,
    preprocessing,
  };
  return createWorkerPool(workerScript(import.meta.url, 'extract-worker'), { size, workerData });
}

function openCaches(options: FeatureExtractorOptions): ReadonlyMap<View, FeatureCache> {
  const { backbone, cacheDirectory: directory, progress = silentProgress } = options;
  if (directory === null) return new Map();
  const views: View[] = options.mirrored === true ? ['plain', 'mirrored'] : ['plain'];
  return new Map(views.map((view) => [view, createFeatureCache({ directory, backbone, view, progress })]));
}

interface Listing {
  readonly result: FeatureResult;
  /** Whether the content must be known: for the cache. */
  readonly known: boolean;
  readonly signal: AbortSignal | undefined;
}

/** One task a content: copies of a photo are looked at once. */
async function listTasks(photos: readonly FeaturePhoto[], { result, known, signal }: Listing): Promise<Task[]> {
  const tasks = new Map<string, Task & { readonly rows: number[] }>();
  for (const [row, photo] of photos.entries()) {
    checkCancelled(signal);
    const { path } = photo;
    let { md5 } = photo;
    try {
      if (md5 === undefined && known) md5 = hashBytes('md5', await readFile(path));
    } catch (error) {
      result.fail([row], asFailure(asPawprintError(error, `reading ${path}`), path));
      continue;
    }
    const key = md5 ?? `row ${row}`;
    const task = tasks.get(key);
    if (task !== undefined) task.rows.push(row);
    else tasks.set(key, { path, md5, rows: [row], views: [...result.views] });
  }
  return [...tasks.values()];
}

async function readCaches(
  tasks: readonly Task[],
  caches: ReadonlyMap<View, FeatureCache>,
  result: FeatureResult,
): Promise<void> {
  const byMd5 = new Map(tasks.flatMap((task) => (task.md5 === undefined ? [] : [[task.md5, task]])));
  for (const [view, cache] of caches)
    await cache.read(new Set(byMd5.keys()), (md5, row) => {
      const task = byMd5.get(md5);
      if (task === undefined) return;
      task.views.splice(task.views.indexOf(view), 1);
      result.fill(task.rows, view, row);
    });
}

interface Computing {
  readonly pool: Pool;
  readonly caches: ReadonlyMap<View, FeatureCache>;
  readonly result: FeatureResult;
  readonly signal: AbortSignal | undefined;
  readonly task: ProgressTask;
}

async function compute(missing: readonly Task[], computing: Computing): Promise<void> {
  const { pool, signal, task } = computing;
  const underWay: { readonly tasks: readonly Task[]; readonly replies: Promise<ExtractReply[]> }[] = [];
  let [next, done] = [0, 0];
  while (next < missing.length || underWay.length > 0) {
    while (next < missing.length && underWay.length < pool.size * chunksPerWorker && signal?.aborted !== true) {
      const tasks = missing.slice(next, (next += chunkPhotos));
      const replies = runOn(pool, tasks);
      replies.catch(() => undefined); // awaited in its turn, or not at all once another has failed
      underWay.push({ tasks, replies });
    }
    const first = underWay.shift();
    if (first === undefined) break;
    await take(first.tasks, await first.replies, computing);
    task.update((done += first.tasks.length));
  }
  checkCancelled(signal);
}

async function take(tasks: readonly Task[], replies: readonly ExtractReply[], computing: Computing): Promise<void> {
  const { caches, result } = computing;
  for (const [i, { rows, path, md5 }] of tasks.entries()) {
    const reply = replies[i];
    if (reply === undefined) throw new Error('a worker answered with too few photos');
    if ('error' in reply) {
      result.fail(rows, asFailure(fromWire(reply.error), path));
      continue;
    }
    for (const view of result.views) {
      const row = reply.rows[view];
      if (row === undefined) continue;
      result.fill(rows, view, row);
      if (md5 !== undefined) await caches.get(view)?.add(md5, row);
    }
  }
}

/** A worker that dies (out of memory) takes its chunk along: then each photo alone, so that only the culprit fails. */
async function runOn(pool: Pool, tasks: readonly Task[]): Promise<ExtractReply[]> {
  const request = tasks.map(({ path, md5, views }) => ({ path, md5, views }));
  try {
    return await pool.run(request);
  } catch (error) {
    const [task, ...others] = tasks;
    if (error instanceof PawprintError || task === undefined) throw error;
    if (others.length > 0) return (await Promise.all(tasks.map((each) => runOn(pool, [each])))).flat();
    const { code, message } = asFailure(error, task.path);
    const hint = 'It ended a worker thread: the file may be damaged, or memory is short.';
    return [{ error: { code, message, hint, expected: undefined, received: undefined } }];
  }
}

function asFailure(error: unknown, path: string): PawprintError {
  if (error instanceof PawprintError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new PawprintError('IMAGE_UNREADABLE', { message: `${path} cannot be read: ${reason}`, cause: error });
}

function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  if (signal.reason instanceof PawprintError) throw signal.reason;
  throw new PawprintError('CANCELLED', { message: 'stopped on request' });
}
