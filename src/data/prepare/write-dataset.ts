// From decoded photos with groups and splits to the data set in its folder: shards, rows, left-out list, and last of
// all manifest.json, which makes them the data set.
import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { PawprintError, type Progress, type WorkerPool } from '../../core/index.ts';
import { splitNames, type Manifest, type ManifestEntry, type SplitName } from '../manifest.ts';
import type { BadPhotoReport } from './bad-photos.ts';
import { settleAll } from './decode-photos.ts';
import { csvLine, formatRows, manifestPath, readManifest, writeDatasetTexts } from './manifest-file.ts';
import { recordBytesOf, type PrepareParams } from './params.ts';
import { splitCode, type PhotoTable } from './photo-table.ts';
import type { PrepareReply, PrepareRequest } from './prepare-work.ts';
import { shardNamePattern } from './shard-file.ts';

const shardBytesLimit = 64 << 20;

/** All that is known once decoding, grouping and splitting are done. */
export interface DatasetPlan {
  readonly photos: PhotoTable;
  readonly classNames: readonly string[];
  readonly group: Uint32Array;
  /** splitCode by photo. */
  readonly split: Uint8Array;
  readonly badPhotos: readonly BadPhotoReport[];
  readonly recordFiles: readonly string[];
  readonly params: PrepareParams;
  readonly seed: number;
  readonly sourceDirectory: string;
}

/** Good photos in the order of the manifest: by split, then by path. */
export function manifestOrder({ photos, split }: Pick<DatasetPlan, 'photos' | 'split'>): Uint32Array {
  return Uint32Array.from(splitNames.flatMap((name) => [...rowsOfSplit(photos, split, name)]));
}

function rowsOfSplit(photos: PhotoTable, split: Uint8Array, name: SplitName): IteratorObject<number> {
  const code = splitCode(name);
  return photos.goodRows().filter((photo) => split[photo] === code);
}

/**
 * Writes the data set to `target`. Until manifest.json is renamed the one that was there stays whole. Throws DISK_FULL,
 * PERMISSION_DENIED, CANCELLED; shards left behind are then for removeStrayFiles.
 */
export async function writeDataset(
  plan: DatasetPlan,
  target: string,
  pool: WorkerPool<PrepareRequest, PrepareReply>,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal | undefined },
): Promise<Manifest> {
  const shards = await writeShards(plan, target, pool, progress);
  signal?.throwIfAborted();
  const rows = formatRows(toEntries(plan), plan.classNames);
  const { imageSizePx, fit, filter } = plan.params;
  const manifest: Manifest = {
    schemaVersion: 1,
    datasetMd5: digestDataset(plan),
    classNames: [...plan.classNames],
    source: relative(target, plan.sourceDirectory).split(sep).join('/'),
    preprocessing: { imageSizePx, fit, filter },
    seed: plan.seed,
    counts: countPhotos(plan),
    leftOut: countBy(plan.badPhotos.map(({ code }) => code)),
    rowsSha256: rows.sha256,
    shards,
  };
  await writeDatasetTexts(target, { leftOut: formatLeftOut(plan), rows, manifest });
  return manifest;
}

async function writeShards(
  { photos, split, params, recordFiles }: DatasetPlan,
  target: string,
  pool: WorkerPool<PrepareRequest, PrepareReply>,
  progress: Progress,
): Promise<Manifest['shards']> {
  const recordBytes = recordBytesOf(params);
  const shardRecords = Math.max(1, Math.floor(shardBytesLimit / recordBytes));
  const task = progress.start('writing shards', photos.count, 'photos');
  let done = 0;
  const write = async (name: SplitName, first: number, rows: Uint32Array): Promise<Manifest['shards'][number]> => {
    const reply = await pool.run({
      kind: 'shard',
      plan: {
        directory: join(target, 'shards'),
        split: name,
        number: first / shardRecords,
        recordBytes,
        files: recordFiles,
        file: Uint32Array.from(rows, (row) => photos.file[row] ?? 0),
        slot: Uint32Array.from(rows, (row) => photos.slot[row] ?? 0),
      },
    });
    if (reply.kind !== 'shard') throw new PawprintError('INTERNAL', { message: `a worker answered ${reply.kind}` });
    task.update((done += rows.length));
    return { file: `shards/${reply.shard.name}`, split: name, first, count: rows.length, sha256: reply.shard.sha256 };
  };
  const shards = splitNames.flatMap((name) => {
    const rows = Uint32Array.from(rowsOfSplit(photos, split, name));
    const firsts = Array.from({ length: Math.ceil(rows.length / shardRecords) }, (_, i) => i * shardRecords);
    return firsts.map((first) => write(name, first, rows.subarray(first, first + shardRecords)));
  });
  const written = await settleAll(shards);
  task.finish();
  return written;
}

function* toEntries(plan: DatasetPlan): Generator<ManifestEntry> {
  const { photos, split, group } = plan;
  for (const photo of manifestOrder(plan))
    yield {
      path: photos.path(photo),
      label: photos.label[photo] ?? 0,
      md5: photos.md5Hex(photo),
      split: splitName(split[photo]),
      size: photos.sizeBytes[photo] ?? 0,
      width: photos.width[photo] ?? 0,
      height: photos.height[photo] ?? 0,
      group: group[photo] ?? 0,
    };
}

function splitName(code: number | undefined): SplitName {
  const name = splitNames[(code ?? 0) - 1];
  if (name === undefined) throw new Error(`no split has the code ${code ?? 'undefined'}`);
  return name;
}

/** The data set's version: see manifest.ts. */
function digestDataset({ photos, split, classNames }: DatasetPlan): string {
  const lines = Array.from(
    photos.goodRows(),
    (photo) =>
      `${photos.md5Hex(photo)} ${classNames[photos.label[photo] ?? 0] ?? ''} ${splitName(split[photo])} ${photos.path(photo)}\n`,
  );
  const md5 = createHash('md5');
  for (const line of lines.sort()) md5.update(line);
  return md5.digest('hex');
}

function countPhotos({ photos, split, classNames }: DatasetPlan): Manifest['counts'] {
  const ofSplit = (name: SplitName): Record<string, number> => {
    const counts = new Array<number>(classNames.length).fill(0);
    for (const photo of rowsOfSplit(photos, split, name)) {
      const label = photos.label[photo] ?? 0;
      counts[label] = (counts[label] ?? 0) + 1;
    }
    return Object.fromEntries(classNames.map((className, label) => [className, counts[label] ?? 0]));
  };
  return { train: ofSplit('train'), validation: ofSplit('validation'), test: ofSplit('test') };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function* formatLeftOut({ badPhotos }: DatasetPlan): Generator<string> {
  yield 'path,code,message\n';
  for (const { path, code, message } of badPhotos) yield csvLine([path, code, message]);
}

/**
 * Removes from `target` the shards that its manifest.json does not name (all, when there is none) and half-written
 * files. A manifest that cannot be read keeps everything.
 */
export async function removeStrayFiles(target: string): Promise<void> {
  for (const name of await readdir(target).catch(() => []))
    if (/^\..*\.tmp$/.test(name)) await rm(join(target, name), { force: true });
  const kept = await namedShards(target);
  if (kept === null) return;
  const shardDirectory = join(target, 'shards');
  for (const name of await readdir(shardDirectory).catch(() => []))
    if ((shardNamePattern.test(name) || name.endsWith('.tmp')) && !kept.has(`shards/${name}`))
      await rm(join(shardDirectory, name), { force: true });
}

async function namedShards(target: string): Promise<ReadonlySet<string> | null> {
  if ((await stat(manifestPath(target)).catch(() => null)) === null) return new Set();
  const manifest = await readManifest(target).catch(() => null);
  return manifest === null ? null : new Set(manifest.shards.map(({ file }) => file));
}
