// The sample data set: drawn cats and dogs in class folders, for trying everything without a network or photos.
import { join } from 'node:path';
import {
  createWorkerPool,
  PawprintError,
  silentProgress,
  workerScript,
  writeFileAtomic,
  type Progress,
  type WorkerPool,
} from '../core/index.ts';
import { drawingVersion } from '../image/index.ts';
import type { DrawChunk, DrawnChunk } from './sample/draw-chunk.ts';
import { classCounts, readmeName, readmeText } from './sample/layout.ts';
import { prepareTarget } from './sample/target.ts';

export interface WriteSampleOptions {
  /** Target folder; made when missing. */
  readonly to: string;
  /** Pictures in all, 2 to 10,000,000: half cats, half dogs. */
  readonly count: number;
  /** Whole number. Picture i of a class depends on seed and i alone, so a larger count begins with the smaller one. */
  readonly seed: number;
  /** Threads; every core unless told. Changes no byte. */
  readonly workers?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface WriteSampleResult {
  readonly to: string;
  readonly seed: number;
  /** Pictures by class folder. */
  readonly counts: Readonly<Record<'cats' | 'dogs', number>>;
  /** Drawn by this run. */
  readonly written: number;
  /** Were there from an earlier run. */
  readonly kept: number;
  /** Bytes written by this run. */
  readonly bytes: number;
}

/** Small enough to stop soon, large enough that asking for it costs nothing beside drawing it. */
const chunkSize = 16;

function* listChunks({ to, count, seed }: WriteSampleOptions): Generator<DrawChunk> {
  const counts = classCounts(count);
  // Cats and dogs in turn, so that what a stopped run leaves is balanced.
  for (let first = 0; first < counts[0]; first += chunkSize)
    for (const classIndex of [0, 1] as const) {
      const size = Math.min(chunkSize, counts[classIndex] - first);
      if (size > 0) yield { to, seed, classIndex, first, count: size };
    }
}

function checkOptions({ count, seed }: WriteSampleOptions): void {
  if (!Number.isInteger(count) || count < 2 || count > 10_000_000)
    throw new PawprintError('CONFIG_INVALID', {
      message: 'the count of sample pictures is out of range',
      expected: 'a whole number from 2 to 10,000,000',
      received: String(count),
      hint: 'Give --count 600, for example.',
    });
  if (!Number.isSafeInteger(seed))
    throw new PawprintError('CONFIG_INVALID', {
      message: 'the seed of the sample is not usable',
      expected: 'a whole number',
      received: String(seed),
    });
}

/** Hands chunks to the pool, two a worker at a time: memory does not grow with their number. Stops at the first failure. */
async function drawAll(
  pool: WorkerPool<DrawChunk, DrawnChunk>,
  chunks: Iterator<DrawChunk>,
  { signal, onChunk }: { readonly signal: AbortSignal | undefined; readonly onChunk: (chunk: DrawnChunk) => void },
): Promise<void> {
  let failed = false;
  const lane = async (): Promise<void> => {
    while (!failed && signal?.aborted !== true) {
      const next = chunks.next();
      if (next.done === true) return;
      try {
        onChunk(await pool.run(next.value));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: pool.size * 2 }, lane));
  const broken = lanes.find((result) => result.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
}

/**
 * Draws the sample data set into `to`: cats/cat-00001.jpg …, dogs/dog-00001.jpg … and a README.txt that says what it is.
 * The same seed gives the same bytes, whatever count and workers. A folder with the same sample is gone on with; throws
 * ALREADY_EXISTS for one with anything else, CONFIG_INVALID for an unusable count or seed, DISK_FULL, and CANCELLED when
 * the signal aborts: files are whole or absent then, and the same call goes on.
 */
export async function writeSampleDataset(options: WriteSampleOptions): Promise<WriteSampleResult> {
  checkOptions(options);
  const { to, count, seed, signal, progress = silentProgress } = options;
  const identity = { seed, count, drawing: drawingVersion };
  await prepareTarget(to, identity);
  // First, so that a run that is stopped can be recognised and gone on with.
  await writeFileAtomic(join(to, readmeName), readmeText(identity));
  const script = workerScript(import.meta.url, 'sample/draw-worker');
  const pool = createWorkerPool<DrawChunk, DrawnChunk>(script, {
    ...(options.workers === undefined ? {} : { size: options.workers }),
  });
  const task = progress.start('Drawing sample pictures', count, 'pictures');
  let [written, kept, bytes] = [0, 0, 0];
  try {
    await drawAll(pool, listChunks(options), {
      signal,
      onChunk: (chunk) => {
        written += chunk.written;
        kept += chunk.kept;
        bytes += chunk.bytes;
        task.update(written + kept);
      },
    });
  } finally {
    await pool.close();
  }
  if (signal?.aborted === true && written + kept < count)
    throw new PawprintError('CANCELLED', {
      message: `stopped after ${written + kept} of ${count} sample pictures`,
      hint: 'Type the same command again to go on.',
    });
  task.finish(`${written} drawn${kept === 0 ? '' : `, ${kept} were there`}`);
  const [cats, dogs] = classCounts(count);
  return { to, seed, counts: { cats, dogs }, written, kept, bytes };
}
