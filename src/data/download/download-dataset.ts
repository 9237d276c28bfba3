// A public data set from its official address into class folders: download, check, import, leave a receipt.
import { rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { hashFile, PawprintError, silentProgress, type Progress } from '../../core/index.ts';
import { importPhotos } from '../import/import-photos.ts';
import type { ImportResult } from '../import/import-result.ts';
import { listTarget } from '../import/target.ts';
import { findDataset, type KnownDataset } from './datasets.ts';
import { downloadFile, type DownloadedFile, type DownloadOptions } from './download-file.ts';
import { readReceipt, writeReceipt, type Receipt } from './receipt.ts';

export interface DatasetDownloadOptions extends Pick<
  DownloadOptions,
  'retryDelayMs' | 'maxAttempts' | 'idleTimeoutMs' | 'sha256'
> {
  /** `cats-vs-dogs` or `oxford-pets`. */
  readonly dataset: string;
  /** The data folder; the archive stands beside it meanwhile. */
  readonly to: string;
  readonly cwd?: string;
  /** Another address of the archive; the published checksum is then not demanded. */
  readonly url?: string;
  readonly keepArchive?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/**
 * How far the archive can be trusted: it has the sum the user gave, the sum that other projects pin for it, the sum of an earlier
 * download from this address, or it came for the first time and its sum was recorded.
 */
export type ChecksumState = 'given' | 'known' | 'recorded earlier' | 'recorded now';

export interface DatasetDownloadResult {
  readonly dataset: string;
  readonly title: string;
  readonly licence: string;
  readonly page: string;
  readonly url: string;
  readonly archiveBytes: number;
  readonly sha256: string;
  readonly checksum: ChecksumState;
  /** Where the archive was kept, null when it was removed. */
  readonly archive: string | null;
  /** The photos were all there: nothing was downloaded or imported. */
  readonly alreadyThere: boolean;
  readonly directory: string;
  readonly receipt: string;
  /** Null when `alreadyThere`. */
  readonly import: ImportResult | null;
}

interface Places {
  readonly target: string;
  readonly archive: string;
  readonly receipt: string;
}

/**
 * Downloads and imports. A second run does nothing; a stopped one is gone on with. Throws USAGE, DOWNLOAD_FAILED,
 * CHECKSUM_MISMATCH, DISK_FULL, ALREADY_EXISTS (the target holds something else), CANCELLED, and what importPhotos throws.
 */
export async function downloadDataset(options: DatasetDownloadOptions): Promise<DatasetDownloadResult> {
  const dataset = findDataset(options.dataset);
  const sum = parseSum(options.sha256);
  const target = resolve(options.cwd ?? process.cwd(), options.to);
  const places: Places = {
    target,
    archive: join(dirname(target), archiveName(dataset, options.url)),
    receipt: join(dirname(target), `${options.dataset}.download.json`),
  };
  const urls = options.url === undefined ? dataset.urls : [options.url];
  const receipt = await readReceipt(places.receipt);
  const known = expectedSum(dataset, { url: options.url, sum, receipt });
  const present = await listTarget(target);
  if (receipt !== undefined && isComplete(receipt, places, known, present))
    return describe(dataset, options, {
      places,
      known,
      file: fileOf(receipt, places),
      imported: null,
      kept: await exists(places.archive),
    });
  // An archive that this run did not bring may be the user's own: it stays.
  const wasThere = await exists(places.archive);
  if (present.length > 0 && !wasThere) throw targetTaken(target, present[0]?.path ?? '');

  const file = await obtainArchive(options, dataset, { places, urls, sum: known?.sum });
  const imported = await importArchive(options, dataset, places).catch(async (error: unknown) => {
    const isNoArchive = error instanceof PawprintError && error.code === 'ARCHIVE_UNSAFE';
    // An error page under the archive's name must not be found "there already" the next time.
    if (isNoArchive && !wasThere && known === undefined) await rm(places.archive, { force: true });
    throw error;
  });
  // Only now: what could not be imported is not to be trusted the next time.
  await writeReceipt(places.receipt, makeReceipt(dataset, options.dataset, { places, file, imported }));
  const kept = wasThere || options.keepArchive === true;
  if (!kept) await rm(places.archive, { force: true });
  return describe(dataset, options, { places, known, file, imported, kept });
}

function importArchive(options: DatasetDownloadOptions, dataset: KnownDataset, places: Places): Promise<ImportResult> {
  return importPhotos({
    sources: [places.archive],
    to: places.target,
    rename: dataset.rename,
    renameIsOptional: true,
    ...(options.progress === undefined ? {} : { progress: options.progress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

function parseSum(text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9a-fA-F]{64}$/.test(text)) return text?.toLowerCase();
  throw new PawprintError('USAGE', {
    message: 'the sha256 checksum is not one',
    expected: '64 hexadecimal digits',
    received: text,
  });
}

function archiveName(dataset: KnownDataset, url: string | undefined): string {
  const path = url === undefined ? undefined : URL.parse(url)?.pathname;
  const name = path === undefined ? '' : basename(path);
  return /^[\w][\w.-]*$/.test(name) ? name : dataset.archiveName;
}

interface ExpectedSum {
  readonly sum: string;
  readonly state: Exclude<ChecksumState, 'recorded now'>;
}

function expectedSum(
  dataset: KnownDataset,
  from: { readonly url: string | undefined; readonly sum: string | undefined; readonly receipt: Receipt | undefined },
): ExpectedSum | undefined {
  if (from.sum !== undefined) return { sum: from.sum, state: 'given' };
  if (from.url === undefined) return { sum: dataset.sha256, state: 'known' };
  if (from.receipt?.url === from.url) return { sum: from.receipt.archiveSha256, state: 'recorded earlier' };
  return undefined;
}

/** The receipt is about this archive and this folder, and the folder holds as much as it says. */
function isComplete(
  receipt: Receipt,
  places: Places,
  known: ExpectedSum | undefined,
  present: readonly { readonly size: number }[],
): boolean {
  const bytes = present.reduce((sum, file) => sum + file.size, 0);
  return (
    receipt.archiveSha256 === known?.sum &&
    resolve(dirname(places.receipt), receipt.importedTo) === places.target &&
    present.length === receipt.photos &&
    bytes === receipt.photoBytes
  );
}

function fileOf(receipt: Receipt, places: Places): DownloadedFile {
  return { path: places.archive, url: receipt.url, bytes: receipt.archiveBytes, sha256: receipt.archiveSha256 };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function targetTaken(target: string, example: string): PawprintError {
  return new PawprintError('ALREADY_EXISTS', {
    message: `the target ${target} holds something else already: ${example}`,
    expected: 'an empty folder, or one whose download was complete',
    hint: 'Choose another folder with --to, or remove this one.',
  });
}

/** The archive that a run before this one kept or could not import to its end, else a new one. */
async function obtainArchive(
  options: DatasetDownloadOptions,
  dataset: KnownDataset,
  want: { readonly places: Places; readonly urls: readonly string[]; readonly sum: string | undefined },
): Promise<DownloadedFile> {
  const { places, urls, sum } = want;
  const progress = options.progress ?? silentProgress;
  if (await exists(places.archive)) {
    progress.line(`using ${places.archive}, which is there already`);
    const sha256 = await hashFile('sha256', places.archive);
    if (sum === undefined || sha256 === sum)
      return { path: places.archive, url: urls[0] ?? '', bytes: (await stat(places.archive)).size, sha256 };
    throw new PawprintError('CHECKSUM_MISMATCH', {
      message: `${places.archive} is not the archive that was expected`,
      expected: `sha256 ${sum}`,
      received: `sha256 ${sha256}`,
      hint: 'Remove it to have it downloaded again; if you trust it, give the received sum with --sha256.',
    });
  }
  const { retryDelayMs, maxAttempts, idleTimeoutMs } = options;
  return downloadFile({
    urls,
    path: places.archive,
    // Photos unpack to about what they take packed.
    extraRoomFactor: 1.05,
    progress,
    signal: options.signal ?? new AbortController().signal,
    ...(sum === undefined ? {} : { sha256: sum }),
    ...(options.url === undefined ? { expectedBytes: dataset.archiveBytes } : {}),
    ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  });
}

function makeReceipt(
  dataset: KnownDataset,
  name: string,
  done: { readonly places: Places; readonly file: DownloadedFile; readonly imported: ImportResult },
): Receipt {
  const { places, file, imported } = done;
  return {
    schemaVersion: 1,
    dataset: name,
    url: file.url,
    licence: dataset.licence,
    page: dataset.page,
    archiveBytes: file.bytes,
    archiveSha256: file.sha256,
    importedTo: relative(dirname(places.receipt), places.target).replaceAll('\\', '/'),
    photos: imported.photos,
    photoBytes: imported.bytes,
  };
}

function describe(
  dataset: KnownDataset,
  options: DatasetDownloadOptions,
  done: {
    readonly places: Places;
    readonly known: ExpectedSum | undefined;
    readonly file: DownloadedFile;
    readonly imported: ImportResult | null;
    readonly kept: boolean;
  },
): DatasetDownloadResult {
  const { title, licence, page } = dataset;
  const { places, known, file, imported, kept } = done;
  return {
    dataset: options.dataset,
    title,
    licence,
    page,
    url: file.url,
    archiveBytes: file.bytes,
    sha256: file.sha256,
    checksum: known?.state ?? 'recorded now',
    archive: kept ? places.archive : null,
    alreadyThere: imported === null,
    directory: places.target,
    receipt: places.receipt,
    import: imported,
  };
}
