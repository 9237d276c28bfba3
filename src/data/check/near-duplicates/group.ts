// Which photos show the same picture: candidates by their hashes, each pair then looked at again in worker threads,
// and the pairs that pass joined into groups. Used by the check, and by the split that keeps look-alikes on one side.
import { createWorkerPool, silentProgress, type Progress, type WorkerPool } from '../../../core/index.ts';
import type { CheckReply, CheckRequest } from '../check-work.ts';
import { checkWorkerScript } from '../check-worker-script.ts';
import { findCandidates, type CandidatePairs, type HashedPhotos } from './candidates.ts';
import { createUnion } from './union.ts';

/**
 * Hashes that differ in more bits are not looked at again. Copies that were scaled, recompressed, brightened or cropped
 * by a few per cent stay below; of unrelated photos about four pairs in a million do, which is what a second look costs.
 */
export const maxHashDistance = 12;

/** Similarity (0–1) from which two photos count as the same picture; see similarity.ts. */
export const defaultMinSimilarity = 0.6;

/** Pairs asked for at a time. Fixed, so that the result does not depend on the number of workers. */
const roundPairs = 512;
const requestPairs = 16;

/** Photos by row; `hashes` as image's perceptual hash gives them, most significant byte first. */
export interface ComparablePhotos extends HashedPhotos {
  /** Relative to `directory`. */
  path(row: number): string;
}

export interface GroupOptions {
  /** The folder that paths are relative to. */
  readonly directory: string;
  /** 0–1; default defaultMinSimilarity. */
  readonly minSimilarity?: number;
  /** Worker threads; default: every core. Ignored where `pool` is given. */
  readonly workers?: number;
  /** A running pool of check workers to use instead of an own one. */
  readonly pool?: WorkerPool<CheckRequest, CheckReply>;
  readonly progress?: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Rows `first` < `second` that show the same picture. */
export interface LookAlikePair {
  readonly first: number;
  readonly second: number;
  /** 0–1 */
  readonly similarity: number;
}

/**
 * Pairs of photos that show the same picture, enough of them to join every group of look-alikes (a pair that other
 * pairs join already is not looked at). The same for any number of workers. Rejects with CANCELLED on `signal`.
 */
export async function findNearDuplicates(photos: ComparablePhotos, options: GroupOptions): Promise<LookAlikePair[]> {
  const candidates = findCandidates(photos, maxHashDistance);
  if (candidates.first.length === 0) return [];
  const own =
    options.pool === undefined
      ? createWorkerPool<CheckRequest, CheckReply>(checkWorkerScript(), sizeOf(options))
      : undefined;
  const pool = options.pool ?? own;
  if (pool === undefined) throw new Error('no worker pool');
  const abort = (): void => void own?.close();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    if (options.signal?.aborted === true) abort();
    return await comparePairs(photos, candidates, { ...options, pool });
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await own?.close();
  }
}

/**
 * The group of each row: the smallest row that shows the same picture, over any number of steps; a photo that is like
 * no other is its own group. Options and errors as findNearDuplicates.
 */
export async function groupNearDuplicates(photos: ComparablePhotos, options: GroupOptions): Promise<Uint32Array> {
  const union = createUnion(photos.count);
  for (const { first, second } of await findNearDuplicates(photos, options)) union.join(first, second);
  return Uint32Array.from({ length: photos.count }, (_, row) => union.root(row));
}

function sizeOf({ workers }: GroupOptions): { readonly size?: number } {
  return workers === undefined ? {} : { size: workers };
}

async function comparePairs(
  photos: ComparablePhotos,
  candidates: CandidatePairs,
  options: GroupOptions & { readonly pool: WorkerPool<CheckRequest, CheckReply> },
): Promise<LookAlikePair[]> {
  const { directory, pool, minSimilarity = defaultMinSimilarity, progress = silentProgress } = options;
  const union = createUnion(photos.count);
  const found: LookAlikePair[] = [];
  const total = candidates.first.length;
  const task = progress.start('comparing look-alikes', total, 'pairs');
  const open = openPairs(candidates, (first, second) => union.root(first) !== union.root(second));
  for (let round = take(open, roundPairs); round.length > 0; round = take(open, roundPairs)) {
    const requests: Promise<readonly number[]>[] = [];
    for (let start = 0; start < round.length; start += requestPairs) {
      const pairs = round.slice(start, start + requestPairs);
      requests.push(
        requestSimilarities(pool, {
          kind: 'compare',
          directory,
          pairs: pairs.map(({ first, second }) => [photos.path(first), photos.path(second)]),
        }),
      );
    }
    const similarities = (await Promise.all(requests)).flat();
    round.forEach(({ first, second }, i) => {
      const similarity = similarities[i] ?? 0;
      if (similarity < minSimilarity) return;
      if (union.root(first) !== union.root(second)) found.push({ first, second, similarity });
      union.join(first, second);
    });
    task.update(round.at(-1)?.place ?? total);
  }
  task.finish();
  return found;
}

interface OpenPair {
  readonly first: number;
  readonly second: number;
  readonly place: number;
}

/** Candidates in order; those that `isOpen` no longer wants when their turn comes are left out. */
function* openPairs(
  { first, second }: CandidatePairs,
  isOpen: (first: number, second: number) => boolean,
): Generator<OpenPair> {
  for (let place = 0; place < first.length; place++) {
    const [a, b] = [first[place] ?? 0, second[place] ?? 0];
    if (isOpen(a, b)) yield { first: a, second: b, place };
  }
}

function take(pairs: Iterator<OpenPair>, count: number): OpenPair[] {
  const taken: OpenPair[] = [];
  while (taken.length < count) {
    const next = pairs.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

async function requestSimilarities(
  pool: WorkerPool<CheckRequest, CheckReply>,
  request: CheckRequest & { readonly kind: 'compare' },
): Promise<readonly number[]> {
  const reply = await pool.run(request);
  if (reply.kind !== 'compare') throw new Error(`a worker answered ${reply.kind}`);
  return reply.similarities;
}
