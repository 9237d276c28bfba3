// Every photo through the worker threads, with a bounded number under way. A photo that kills its thread is one that
// cannot be decoded, no more.
import { PawprintError, type Progress, type WorkerPool } from '../../core/index.ts';
import type { CheckReply, CheckRequest } from './check-work.ts';
import type { PhotoColumns } from './photo-columns.ts';
import type { PhotoFacts } from './photo-facts.ts';

export type CheckPool = WorkerPool<CheckRequest, CheckReply>;

/** Enough that messages cost nothing, few enough that workers end together. */
const batchPhotos = 16;

export interface MeasureOptions {
  readonly directory: string;
  readonly pool: CheckPool;
  readonly progress: Progress;
  /** Called once for each row, in no fixed order. */
  readonly onFacts: (row: number, facts: PhotoFacts) => void;
}

/** Measures all photos of `columns`. Rejects with CANCELLED when the pool is closed. */
export async function measurePhotos(columns: PhotoColumns, options: MeasureOptions): Promise<void> {
  const task = options.progress.start('checking', columns.count, 'photos');
  let next = 0;
  let done = 0;
  const takeBatches = async (): Promise<void> => {
    while (next < columns.count) {
      const first = next;
      next = Math.min(columns.count, first + batchPhotos);
      const paths = Array.from({ length: next - first }, (_, i) => columns.path(first + i));
      const facts = await measureBatch(paths, options);
      facts.forEach((each, i) => {
        options.onFacts(first + i, each);
      });
      task.update((done += paths.length));
    }
  };
  // Two batches a worker: one in its hands, one waiting, so that it never waits for this thread.
  await Promise.all(Array.from({ length: 2 * options.pool.size }, takeBatches));
  task.finish();
}

async function measureBatch(
  paths: readonly string[],
  { directory, pool }: MeasureOptions,
): Promise<readonly PhotoFacts[]> {
  try {
    return await requestFacts(pool, directory, paths);
  } catch (error) {
    // A PawprintError is an answer (CANCELLED); anything else means that the thread itself ended.
    if (error instanceof PawprintError) throw error;
  }
  const facts: PhotoFacts[] = [];
  for (const path of paths) facts.push(await measureAlone(path, directory, pool));
  return facts;
}

async function measureAlone(path: string, directory: string, pool: CheckPool): Promise<PhotoFacts> {
  try {
    const [facts] = await requestFacts(pool, directory, [path]);
    if (facts !== undefined) return facts;
  } catch (error) {
    if (error instanceof PawprintError) throw error;
  }
  return { path, sizeBytes: 0, outcome: 'undecodable', problem: 'decoding it ended a worker thread' };
}

async function requestFacts(
  pool: CheckPool,
  directory: string,
  paths: readonly string[],
): Promise<readonly PhotoFacts[]> {
  const reply = await pool.run({ kind: 'measure', directory, paths });
  if (reply.kind !== 'measure') throw new PawprintError('INTERNAL', { message: `a worker answered ${reply.kind}` });
  return reply.facts;
}
