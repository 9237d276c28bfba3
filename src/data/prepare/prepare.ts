// `pawprint data prepare` as a story: list the photos, decode them once on every core, keep look-alikes together,
// split, write the data set, and put manifest.json in place last. A run that is killed goes on where it stood.
import { resolve } from 'node:path';
import {
  createWorkerPool,
  defaultWorkerCount,
  PawprintError,
  silentProgress,
  workerScript,
  type Progress,
  type WorkerPool,
} from '../../core/index.ts';
import type { Manifest } from '../manifest.ts';
import { checkBadPhotos, describeBadPhotos, type BadPhotoReport } from './bad-photos.ts';
import { adoptBatches, decodePending, RecordFiles } from './decode-photos.ts';
import { adoptFinishedRecords, digestListing, findUnchanged, rememberRun } from './finished-run.ts';
import { countGroupsAcrossSplits, groupPhotos } from './groups.ts';
import { findLookAlikes } from './look-alikes.ts';
import { listPhotos, type PhotoListing } from './list-photos.ts';
import { recordBytesOf, type PrepareParams, type RecordSettings } from './params.ts';
import type { PrepareReply, PrepareRequest } from './prepare-work.ts';
import { assignSplits, checkSplits } from './split.ts';
import { checkFreeSpace, checkTarget, makeTarget } from './target-folder.ts';
import { openWorkFolder, type WorkFolder } from './work-folder.ts';
import { removeStrayFiles, writeDataset } from './write-dataset.ts';

/** Raised whenever the same photos and settings would give another split or other files. */
const datasetVersion = 1;

/**
 * Decoding and comparing leave little behind but much waste: without a bound each worker's heap grows to 150 MB, under
 * 20 MB of it in use. Twice as much saves no CPU time.
 */
const workerYoungGenerationMb = 24;

export interface PrepareOptions {
  /** The raw photos: class folders, or split folders with class folders inside. */
  readonly source: string;
  /** The data set's folder: made when missing; an earlier data set in it is replaced as a whole. */
  readonly target: string;
  readonly params: PrepareParams;
  /** A whole number; another seed gives another split. */
  readonly seed: number;
  /** Worker threads; every core unless told. Changes no byte of the result. */
  readonly workers?: number;
  /** Decode everything again, even what is known. */
  readonly rebuild?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface PrepareResult {
  /** Absolute. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** Nothing had changed since the last run, so nothing was done. */
  readonly upToDate: boolean;
  /** Photos that this run decoded or tried to. */
  readonly decoded: number;
  /** Photos whose records an earlier run had left. */
  readonly reused: number;
  /** Left out, in the order of their paths. */
  readonly badPhotos: readonly BadPhotoReport[];
  /** Groups of look-alikes that the folder's own split folders tear apart. */
  readonly groupsAcrossSplits: number;
}

interface Run {
  readonly options: PrepareOptions;
  /** Absolute. */
  readonly target: string;
  readonly progress: Progress;
  readonly listing: PhotoListing;
  /** Everything that shapes the result besides the photos, as one text. */
  readonly settings: string;
  readonly listingDigest: string;
  readonly work: WorkFolder;
}

/**
 * Prepares `source` into `target`. Throws DATASET_INVALID (fewer than two classes, a class without photos, too many
 * bad photos, a class that cannot be split), the bad photo's own error under onBadPhoto fail, FILE_NOT_FOUND,
 * NOT_A_DIRECTORY, ALREADY_EXISTS, PERMISSION_DENIED, DISK_FULL and CANCELLED. After any of them an earlier data set
 * at `target` is as it was, and finished work is kept beside it for the next try.
 */
export async function prepareDataset(options: PrepareOptions): Promise<PrepareResult> {
  const target = resolve(options.target);
  const progress = options.progress ?? silentProgress;
  const listing = await listPhotos(resolve(options.source), progress, options.signal);
  const listingDigest = digestListing(listing.photos);
  const settings = JSON.stringify([datasetVersion, options.params, options.seed, listing.sourceDirectory]);
  await checkTarget(target, listing.sourceDirectory);
  const work = await openWorkFolder(target, options.params);
  try {
    const takeBackTarget = await makeTarget(target);
    try {
      return await runPrepare({ options, target, progress, listing, settings, listingDigest, work });
    } catch (error) {
      // Whatever tidying up runs into, the first error is the one that matters.
      await removeStrayFiles(target).catch(() => undefined);
      await takeBackTarget();
      throw options.signal?.aborted === true ? asCancelled(error) : error;
    }
  } finally {
    await work.release();
  }
}

async function runPrepare(run: Run): Promise<PrepareResult> {
  const { target, work, settings, listingDigest: listing, options } = run;
  const unchanged = options.rebuild === true ? null : await findUnchanged(target, work, { settings, listing });
  if (unchanged === null) return buildDataset(run);
  return { directory: target, ...unchanged, upToDate: true, decoded: 0, reused: 0 };
}

async function buildDataset(run: Run): Promise<PrepareResult> {
  const { options, target, work, progress } = run;
  const { photos, classNames, sourceDirectory } = run.listing;
  const { params, seed } = options;
  const recordBytes = recordBytesOf(params);
  const files = new RecordFiles();
  if (options.rebuild === true) await work.forget();
  await adoptFinishedRecords(photos, target, work, files);
  const firstBatch = await adoptBatches(photos, files, { directory: work.batchDirectory, recordBytes });
  const decoded = photos.countPending();
  await checkFreeSpace(target, (decoded + photos.count) * recordBytes);
  return withPool(run, async (pool) => {
    const { batchDirectory } = work;
    const { signal } = options;
    const failOnBadPhoto = params.onBadPhoto === 'fail';
    const decodeOptions = {
      sourceDirectory,
      recordBytes,
      batchDirectory,
      firstBatch,
      failOnBadPhoto,
      progress,
      signal,
    };
    const bad = await decodePending(photos, files, pool, decodeOptions);
    checkBadPhotos(run.listing, bad, params.maxBadFraction);

    const lookAlikes = params.groupNearDuplicates ? await findLookAlikes(run.listing, pool, { progress, signal }) : [];
    const group = groupPhotos(photos, lookAlikes);
    const split = assignSplits(photos, { group, classCount: classNames.length }, { ...params, seed });
    checkSplits(photos, split, { classNames, ...params });
    const groupsAcrossSplits = countGroupsAcrossSplits(photos, group, split);

    const badPhotos = describeBadPhotos(photos, bad);
    const plan = {
      photos,
      classNames,
      sourceDirectory,
      params,
      seed,
      group,
      split,
      badPhotos,
      recordFiles: files.paths,
    };
    const manifest = await writeDataset(plan, target, pool, { progress, signal });
    const { settings, listingDigest: listing } = run;
    await rememberRun(work, plan, { target, settings, listing, groupsAcrossSplits });
    await removeStrayFiles(target);
    const reused = photos.count - decoded;
    return { directory: target, manifest, upToDate: false, decoded, reused, badPhotos, groupsAcrossSplits };
  });
}

async function withPool(
  { options, listing }: Run,
  use: (pool: WorkerPool<PrepareRequest, PrepareReply>) => Promise<PrepareResult>,
): Promise<PrepareResult> {
  const size = Math.min(options.workers ?? defaultWorkerCount(), Math.ceil(listing.photos.count / 16));
  const { imageSizePx, fit, filter } = options.params;
  const workerData: RecordSettings = { imageSizePx, fit, filter };
  const script = workerScript(import.meta.url, 'prepare-worker');
  const pool = createWorkerPool<PrepareRequest, PrepareReply>(script, {
    size,
    workerData,
    youngGenerationMb: workerYoungGenerationMb,
  });
  try {
    await pool.run({ kind: 'ready' });
    return await use(pool);
  } finally {
    await pool.close();
  }
}

function asCancelled(cause: unknown): PawprintError {
  return new PawprintError('CANCELLED', {
    message: 'preparing was stopped',
    hint: 'What is done is kept: the same command goes on from there.',
    cause,
  });
}
