// Near duplicates as `data check` finds them, looked for by the worker threads that have just decoded the photos.
import { PawprintError, type Progress, type WorkerPool } from '../../core/index.ts';
import type { CheckReply, CheckRequest } from '../check/check-work.ts';
import { findNearDuplicates, type LookAlikePair } from '../check/near-duplicates/group.ts';
import type { PhotoListing } from './list-photos.ts';
import type { PrepareReply, PrepareRequest } from './prepare-work.ts';

/** Pairs of rows that show the same picture. Throws CANCELLED. */
export async function findLookAlikes(
  { photos, sourceDirectory }: PhotoListing,
  pool: WorkerPool<PrepareRequest, PrepareReply>,
  options: { readonly progress: Progress; readonly signal: AbortSignal | undefined },
): Promise<LookAlikePair[]> {
  const comparable = {
    count: photos.count,
    hashes: photos.hash,
    has: (row: number) => photos.isGood(row),
    path: (row: number) => photos.path(row),
  };
  return findNearDuplicates(comparable, {
    ...options,
    directory: sourceDirectory,
    pool: forwardTo(pool, options.signal),
  });
}

/** A pool of check workers that are really workers of `pool`, which its owner closes. */
function forwardTo(
  pool: WorkerPool<PrepareRequest, PrepareReply>,
  signal: AbortSignal | undefined,
): WorkerPool<CheckRequest, CheckReply> {
  return {
    size: pool.size,
    run: async (request) => {
      signal?.throwIfAborted();
      const reply = await pool.run({ kind: 'check', request });
      if (reply.kind !== 'check') throw new PawprintError('INTERNAL', { message: `a worker answered ${reply.kind}` });
      return reply.reply;
    },
    close: () => Promise.resolve(),
  };
}
