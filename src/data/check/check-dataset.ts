// pawprint data check: list the photos, measure each once on every core, find duplicates, let the findings judge.
// Memory holds some 60 bytes a photo, its path, and what was flagged; pixels stay in the workers.
import { resolve } from 'node:path';
import {
  createWorkerPool,
  defaultWorkerCount,
  PawprintError,
  silentProgress,
  type Progress,
} from '../../core/index.ts';
import { countSkip, type SkipCounts } from '../import/file-kinds.ts';
import { readDatasetLayout, scanDataset } from '../scan.ts';
import { assembleResult, type CheckResult } from './check-result.ts';
import { checkWorkerScript } from './check-worker-script.ts';
import type { CheckReply, CheckRequest } from './check-work.ts';
import type { LookAlikes } from './dataset-facts.ts';
import { findings } from './findings/index.ts';
import { createHitList, type HitList } from './hit-list.ts';
import { measurePhotos, type CheckPool } from './measure-photos.ts';
import { findNearDuplicates } from './near-duplicates/group.ts';
import { createUnion, listGroups } from './near-duplicates/union.ts';
import { PhotoColumns } from './photo-columns.ts';
import type { PhotoFacts } from './photo-facts.ts';
import { checkSettings, type CheckSettings } from './settings.ts';
import { assertPagePath, writeCheckPage } from './write-check-page.ts';

export interface CheckOptions {
  /** DIR/<class>/… or DIR/{train,validation,test}/<class>/… */
  readonly directory: string;
  /** What reports call the folder; default: `directory`. */
  readonly name?: string;
  /** Default: the findings' own. */
  readonly settings?: CheckSettings;
  /** Worker threads; default: every core. The result does not depend on it. */
  readonly workers?: number;
  /** Where to write a page that shows the flagged pictures; default: nowhere. */
  readonly html?: { readonly path: string; readonly footer: string };
  readonly progress?: Progress;
  readonly signal?: AbortSignal | undefined;
}

const photoFindings = findings.filter((finding) => finding.shows === 'photos');

/**
 * Checks a data folder. A bad file is a finding, never an error; a broken gate is `passed: false`. Throws
 * FILE_NOT_FOUND, NOT_A_DIRECTORY, PERMISSION_DENIED, DATASET_INVALID (fewer than two class folders, no photos at
 * all), CANCELLED; DISK_FULL and the like for the page, which appears whole or not at all.
 */
export async function checkDataset(options: CheckOptions): Promise<CheckResult> {
  const { signal, progress = silentProgress, settings = checkSettings({}) } = options;
  if (options.html !== undefined) await assertPagePath(options.html.path);
  const { columns, ignored } = await listPhotos(options, progress);
  const size = Math.min(options.workers ?? defaultWorkerCount(), columns.count);
  const pool: CheckPool = createWorkerPool<CheckRequest, CheckReply>(checkWorkerScript(), { size });
  const abort = (): void => void pool.close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (signal?.aborted === true) throw stopped();
    const run = { directory: resolve(options.directory), columns, pool, progress, settings, signal };
    const { hits, decoded } = await judgePhotos(run);
    const exactGroups = columns.exactGroups();
    const nearGroups = await findLookAlikes(run, exactGroups);
    const result = assembleResult({
      directory: options.name ?? options.directory,
      dataset: {
        count: columns.count,
        classNames: columns.classNames,
        classOf: (row) => columns.classOf(row),
        splitOf: (row) => columns.splitOf(row),
        sidePx: (row) => columns.sidePx(row),
        exactGroups,
        nearGroups,
      },
      photoHits: new Map([...hits].map(([id, list]) => [id, list.sorted()])),
      settings,
      totals: { bytes: columns.totalBytes, decoded, ignored: Object.fromEntries([...ignored].sort()) },
      pathOf: (row) => columns.path(row),
    });
    if (options.html !== undefined) await writeCheckPage(result, { ...run, ...options.html });
    return result;
  } catch (error) {
    throw signal?.aborted === true ? stopped() : error;
  } finally {
    signal?.removeEventListener('abort', abort);
    await pool.close();
  }
}

function stopped(): PawprintError {
  return new PawprintError('CANCELLED', { message: 'the check was stopped; nothing was written' });
}

interface CheckRun {
  /** Absolute. */
  readonly directory: string;
  readonly columns: PhotoColumns;
  readonly pool: CheckPool;
  readonly progress: Progress;
  readonly settings: CheckSettings;
  readonly signal: AbortSignal | undefined;
}

async function listPhotos(
  { directory, signal }: CheckOptions,
  progress: Progress,
): Promise<{ columns: PhotoColumns; ignored: SkipCounts }> {
  const { classNames } = await readDatasetLayout(directory);
  const columns = new PhotoColumns(classNames);
  const ignored: SkipCounts = new Map();
  const task = progress.start('listing', undefined, 'photos');
  const onIgnored = (_path: string, reason: string): void => {
    countSkip(ignored, reason);
  };
  for await (const photo of scanDataset(directory, { signal, onIgnored, allowEmptyClasses: true })) {
    columns.add(photo);
    if (columns.count % 1000 === 0) task.update(columns.count);
  }
  task.finish();
  columns.seal();
  if (columns.count > 0) return { columns, ignored };
  throw new PawprintError('DATASET_INVALID', {
    message: `there are no photos in ${directory}`,
    expected: `photos in its class folders ${classNames.slice(0, 5).join(', ')}`,
    received: ignored.size === 0 ? 'empty folders' : [...ignored].map(([why, count]) => `${count} × ${why}`).join(', '),
    hint: 'Bring photos in with `pawprint data import`.',
  });
}

async function judgePhotos(
  run: CheckRun,
): Promise<{ readonly hits: ReadonlyMap<string, HitList>; readonly decoded: number }> {
  const hits = new Map(photoFindings.map(({ id }) => [id as string, createHitList()]));
  let decoded = 0;
  const onFacts = (row: number, facts: PhotoFacts): void => {
    run.columns.setFacts(row, facts);
    if (facts.outcome === 'decoded') decoded += 1;
    for (const { id, judge } of photoFindings) {
      const hit = judge(facts, run.settings.thresholds[id]);
      if (hit !== undefined) hits.get(id)?.add(row, hit);
    }
  };
  await measurePhotos(run.columns, { ...run, onFacts });
  return { hits, decoded };
}

/** Groups of photos that look alike; of byte-equal files one is compared, and all are in its group. */
async function findLookAlikes(
  { columns, directory, pool, progress, settings, signal }: CheckRun,
  exactGroups: readonly (readonly number[])[],
): Promise<LookAlikes[]> {
  const copies = new Set(exactGroups.flatMap((rows) => rows.slice(1)));
  const photos = {
    count: columns.count,
    hashes: columns.hashes,
    has: (row: number) => columns.hasHash(row) && !copies.has(row),
    path: (row: number) => columns.path(row),
  };
  const minSimilarity = settings.thresholds['near-duplicates'];
  const pairs = await findNearDuplicates(photos, { directory, pool, progress, signal, minSimilarity });
  const union = createUnion(columns.count);
  for (const { first, second } of pairs) union.join(first, second);
  const similarity = new Map<number, number>();
  for (const pair of pairs) {
    const root = union.root(pair.first);
    similarity.set(root, Math.min(similarity.get(root) ?? 1, pair.similarity));
  }
  for (const [first, ...others] of exactGroups) for (const row of others) union.join(first ?? row, row);
  // Joining copies can make another row the root, so the groups are looked up by any of their rows.
  const lowest = new Map([...similarity].map(([root, value]) => [union.root(root), value]));
  return listGroups(union, columns.count).flatMap((rows) => {
    const value = lowest.get(union.root(rows[0] ?? 0));
    return value === undefined ? [] : [{ rows, similarity: value }];
  });
}
