// What the last finished run saw and made, kept in the work folder: enough to say at once that nothing has changed,
// and, where something has, to take over the records of the photos that have not.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hashFile, writeFileAtomic } from '../../core/index.ts';
import type { Manifest } from '../manifest.ts';
import type { BadPhotoReport } from './bad-photos.ts';
import type { RecordFiles } from './decode-photos.ts';
import { manifestPath, readManifest, readRows, rowsPath } from './manifest-file.ts';
import { recordBytesOf } from './params.ts';
import type { PhotoTable } from './photo-table.ts';
import type { WorkFolder } from './work-folder.ts';
import { manifestOrder, type DatasetPlan } from './write-dataset.ts';

const finishedRunSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Settings and versions that shape the result. */
  settings: z.string(),
  /** Digest of the listing: path, size and time of every photo. */
  listing: z.string(),
  manifestSha256: z.string(),
  /** WorkFolder.recordsKey. */
  recordsKey: z.string(),
  /** In the order of manifest.csv. */
  mtimesMs: z.array(z.number()),
  /** Perceptual hashes, 8 bytes a photo, base64. */
  hashes: z.string(),
  badPhotos: z.array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() })),
  groupsAcrossSplits: z.int(),
});
type FinishedRun = z.infer<typeof finishedRunSchema>;

/** One digest of everything the listing says. */
export function digestListing(photos: PhotoTable): string {
  const sha256 = createHash('sha256');
  for (let i = 0; i < photos.count; i++) {
    sha256.update(photos.pathBytes(i));
    sha256.update(
      `\0${photos.label[i] ?? 0} ${photos.givenSplit[i] ?? 0} ${photos.sizeBytes[i] ?? 0} ${photos.mtimeMs[i] ?? 0}\n`,
    );
  }
  return sha256.digest('hex');
}

/** null when there is none, or none that this version understands. */
async function readFinishedRun(work: WorkFolder): Promise<FinishedRun | null> {
  try {
    const parsed = finishedRunSchema.safeParse(JSON.parse(await readFile(work.finishedRunPath, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Keeps what the next run needs to know of this one, and drops the batches: the shards hold their records now. */
export async function rememberRun(
  work: WorkFolder,
  plan: DatasetPlan,
  outcome: { target: string; settings: string; listing: string; groupsAcrossSplits: number },
): Promise<void> {
  const { target, settings, listing, groupsAcrossSplits } = outcome;
  const { photos, badPhotos } = plan;
  const order = manifestOrder(plan);
  const hashes = Buffer.alloc(8 * order.length);
  order.forEach((photo, row) => hashes.set(photos.hash.subarray(8 * photo, 8 * photo + 8), 8 * row));
  const run: FinishedRun = {
    schemaVersion: 1,
    settings,
    listing,
    manifestSha256: await hashFile('sha256', manifestPath(target)),
    recordsKey: work.recordsKey,
    mtimesMs: Array.from(order, (photo) => photos.mtimeMs[photo] ?? 0),
    hashes: hashes.toString('base64'),
    badPhotos: [...badPhotos],
    groupsAcrossSplits,
  };
  await writeFileAtomic(work.finishedRunPath, JSON.stringify(run));
  await work.forgetBatches();
}

/** What the last run made, when settings, listing and the data set in `target` are all still as they were. */
export async function findUnchanged(
  target: string,
  work: WorkFolder,
  now: { settings: string; listing: string },
): Promise<{ manifest: Manifest; badPhotos: readonly BadPhotoReport[]; groupsAcrossSplits: number } | null> {
  const run = await readFinishedRun(work);
  if (run === null || run.settings !== now.settings || run.listing !== now.listing) return null;
  // A file that could not be opened may be readable now, without a trace in its size and time.
  if (run.badPhotos.some(({ code }) => !code.startsWith('IMAGE_'))) return null;
  const manifest = await readIntactManifest(target, run);
  if (manifest === null) return null;
  return { manifest, badPhotos: run.badPhotos, groupsAcrossSplits: run.groupsAcrossSplits };
}

/**
 * The manifest at `target` if it is the one `run` made and its files are there: rows by digest, shards by size.
 * null otherwise.
 */
async function readIntactManifest(target: string, run: FinishedRun): Promise<Manifest | null> {
  try {
    if ((await hashFile('sha256', manifestPath(target))) !== run.manifestSha256) return null;
    const manifest = await readManifest(target);
    if ((await hashFile('sha256', rowsPath(target))) !== manifest.rowsSha256) return null;
    const recordBytes = recordBytesOf(manifest.preprocessing);
    for (const { file, count } of manifest.shards)
      if ((await stat(join(target, file))).size !== count * recordBytes) return null;
    return manifest;
  } catch {
    return null;
  }
}

/**
 * Takes over records of the finished data set at `target` for photos whose path, size and time are still the same.
 * Damaged shards are passed over.
 */
export async function adoptFinishedRecords(
  photos: PhotoTable,
  target: string,
  work: WorkFolder,
  files: RecordFiles,
): Promise<void> {
  const run = await readFinishedRun(work);
  if (run?.recordsKey !== work.recordsKey) return;
  const manifest = await readIntactManifest(target, run);
  if (manifest === null) return;
  const rows = await readRows(target, manifest);
  const hashes = Buffer.from(run.hashes, 'base64');
  const firstRow = new Map<string, number>();
  rows.forEach(({ split }, row) => {
    if (!firstRow.has(split)) firstRow.set(split, row);
  });
  for (const shard of manifest.shards) {
    const path = join(target, shard.file);
    if ((await hashFile('sha256', path)) !== shard.sha256) continue;
    const file = files.add(path);
    const start = (firstRow.get(shard.split) ?? 0) + shard.first;
    rows.slice(start, start + shard.count).forEach((entry, slot) => {
      const row = start + slot;
      const photo = photos.find(entry.path);
      if (photo < 0 || photos.sizeBytes[photo] !== entry.size || photos.mtimeMs[photo] !== run.mtimesMs[row]) return;
      const { md5, width, height, size: sizeBytes } = entry;
      const hash = hashes.toString('hex', 8 * row, 8 * row + 8);
      photos.setGood(photo, { md5, hash, width, height, sizeBytes, file, slot });
    });
  }
}
