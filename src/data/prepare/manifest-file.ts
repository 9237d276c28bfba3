// Reading and writing manifest.json and manifest.csv. manifest.json is written last and names everything else by its
// digest: what it does not name is not part of the data set, and what it names is there, whole.
import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import {
  asPawprintError,
  hashBytes,
  listComplaints,
  PawprintError,
  temporaryPath,
  writeFileAtomic,
} from '../../core/index.ts';
import { manifestSchema, splitNames, type Manifest, type ManifestEntry, type SplitName } from '../manifest.ts';

const header = 'path,label,md5,split,size,width,height,group';
const prepareHint = 'Run `pawprint data prepare` again.';

export function manifestPath(directory: string): string {
  return join(directory, 'manifest.json');
}

export function rowsPath(directory: string): string {
  return join(directory, 'manifest.csv');
}

/** A line of CSV, quoted where it must be (RFC 4180, but for the newline). */
export function csvLine(fields: readonly (string | number)[]): string {
  const quoted = fields.map((field) =>
    /[",\r\n]/.test(String(field)) ? `"${String(field).replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(',')}\n`;
}

/** manifest.csv as text in pieces, and its digest. */
export interface ManifestRows {
  readonly pieces: readonly string[];
  readonly sha256: string;
}

/** Collects the rows; memory is that of the finished file. */
export function formatRows(entries: Iterable<ManifestEntry>, classNames: readonly string[]): ManifestRows {
  const sha256 = createHash('sha256');
  const pieces: string[] = [];
  let piece = `${header}\n`;
  const flush = (): void => {
    sha256.update(piece);
    pieces.push(piece);
    piece = '';
  };
  for (const { path, label, md5, split, size, width, height, group } of entries) {
    piece += csvLine([path, classNames[label] ?? '', md5, split, size, width, height, group]);
    if (piece.length > 1 << 16) flush();
  }
  flush();
  return { pieces, sha256: sha256.digest('hex') };
}

/** The texts of a data set, in pieces. */
export interface DatasetTexts {
  readonly leftOut: Iterable<string>;
  readonly rows: ManifestRows;
  readonly manifest: Manifest;
}

/**
 * Writes left-out.csv, manifest.csv and manifest.json whole, then puts them in place together, manifest.json last: three
 * renames with nothing in between. Were the process killed just there, the digest in manifest.json would tell. Throws
 * DISK_FULL, PERMISSION_DENIED.
 */
export async function writeDatasetTexts(directory: string, texts: DatasetTexts): Promise<void> {
  const contents = [
    { target: join(directory, 'left-out.csv'), content: texts.leftOut },
    { target: rowsPath(directory), content: texts.rows.pieces },
    { target: manifestPath(directory), content: `${JSON.stringify(texts.manifest, null, 2)}\n` },
  ];
  const waiting = contents.map((each) => ({ ...each, path: temporaryPath(each.target) }));
  try {
    for (const { path, content } of waiting) await writeFileAtomic(path, content);
    for (const { path, target } of waiting) renameSync(path, target);
  } catch (error) {
    for (const { path } of waiting) await rm(path, { force: true });
    throw asPawprintError(error, `writing ${directory}`);
  }
}

/** Throws MANIFEST_INVALID (missing, not JSON, of another version, not a manifest), FILE_NOT_FOUND, NOT_A_DIRECTORY. */
export async function readManifest(directory: string): Promise<Manifest> {
  const path = manifestPath(directory);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw asMissing(error, directory);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PawprintError('MANIFEST_INVALID', {
      message: `${path} is not whole`,
      expected: 'JSON',
      received: `${text.length} characters that end too early or are not JSON`,
      hint: prepareHint,
      cause: error,
    });
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const complaint = listComplaints(parsed.error, value).sort(
    (a, b) => Number(b.path === 'schemaVersion') - Number(a.path === 'schemaVersion'),
  )[0];
  throw new PawprintError('MANIFEST_INVALID', {
    message:
      complaint?.path === 'schemaVersion'
        ? `${path} is of another version of Pawprint`
        : `${path} is not a manifest: ${complaint?.path ?? ''} does not fit`,
    expected:
      complaint?.path === 'schemaVersion'
        ? `schemaVersion ${manifestSchema.shape.schemaVersion.value}`
        : (complaint?.expected ?? ''),
    received: complaint?.received ?? '',
    hint: prepareHint,
  });
}

function asMissing(error: unknown, directory: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
    return asPawprintError(error, `opening the data set ${directory}`);
  return new PawprintError('MANIFEST_INVALID', {
    message: `${directory} is not a prepared data set`,
    expected: 'a folder with manifest.json in it',
    received: 'no manifest.json',
    hint: `Prepare it: pawprint data prepare --data data/raw --to ${directory}`,
    cause: error,
  });
}

/** The rows of manifest.csv in file order. Throws MANIFEST_INVALID when it is missing or not the one of `manifest`. */
export async function readRows(directory: string, manifest: Manifest): Promise<ManifestEntry[]> {
  const path = rowsPath(directory);
  const bytes = await readFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw asPawprintError(error, `opening ${path}`);
    throw damaged(path, 'the rows of the data set', 'no such file');
  });
  const sha256 = hashBytes('sha256', bytes);
  if (sha256 !== manifest.rowsSha256)
    throw damaged(
      path,
      `sha256 ${manifest.rowsSha256}, as manifest.json says`,
      `sha256 ${sha256} (${bytes.length} bytes)`,
    );
  const labels = new Map(manifest.classNames.map((name, label) => [name, label]));
  const toEntry = (fields: string[]): ManifestEntry => parseRow(fields, labels, path);
  // csv-parse's types know of onRecord's result only where every record is of the caller's type.
  return parse(bytes, { from: 2, onRecord: toEntry as never }) as unknown as ManifestEntry[];
}

const splitOf: ReadonlyMap<string, SplitName> = new Map(splitNames.map((name) => [name, name]));

function parseRow(fields: string[], labels: ReadonlyMap<string, number>, file: string): ManifestEntry {
  const [path = '', className = '', md5 = '', splitText = '', size, width, height, group] = fields;
  const label = labels.get(className);
  const split = splitOf.get(splitText);
  if (label === undefined || split === undefined || fields.length !== 8) throw damaged(file, header, fields.join(','));
  return {
    path,
    label,
    md5,
    split,
    size: Number(size),
    width: Number(width),
    height: Number(height),
    group: Number(group),
  };
}

/** Something of a prepared data set is not what its manifest says. */
export function damaged(path: string, expected: string, received: string): PawprintError {
  return new PawprintError('MANIFEST_INVALID', {
    message: `${basename(path)} is not the one that manifest.json speaks of (${path})`,
    expected,
    received,
    hint: prepareHint,
  });
}
