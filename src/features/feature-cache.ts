// Features kept on disk by the content of photo, backbone and settings. A folder for each backbone, settings and view;
// in it files of up to 128 photos, each named by its own SHA-256 and written whole: any number of processes may write at
// once, a kill loses at most the photos of the open file, and a damaged one is found out, dropped and computed again.
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hashBytes, PawprintError, type Progress, writeFileAtomic } from '../core/index.ts';
import { readSafetensors, type TensorLiteral, writeSafetensors } from '../graph/index.ts';
import type { Backbone } from './backbone.ts';

/** As the photo is, or left and right exchanged. */
export const viewNames = ['plain', 'mirrored'] as const;
export type View = (typeof viewNames)[number];

/** What the backbone makes of one view of one photo. */
export interface FeatureRow {
  /** [featureCount] */
  readonly features: Float32Array;
  /** [classCount]; of the plain view only, and where the backbone has them. */
  readonly classLogits: Float32Array | null;
}

export interface FeatureCache {
  /** Hands the kept rows of those photos to `onRow`, one a photo. `wanted`: md5 of the photos' bytes. */
  read(wanted: ReadonlySet<string>, onRow: (md5: string, row: FeatureRow) => void): Promise<void>;
  /** Takes a row; writes a file when enough have come. Never fails for a full or read-only disk: says so, once. */
  add(md5: string, row: FeatureRow): Promise<void>;
  /** Writes what is still open. */
  flush(): Promise<void>;
}

/** Raised when the numbers change though no setting does: another resampling, say. */
const formatVersion = 1;
const chunkRows = 128;
const ending = '.safetensors';

export interface FeatureCacheOptions {
  readonly directory: string;
  readonly backbone: Backbone;
  readonly view: View;
  readonly progress: Progress;
}

/** Folder of one backbone, its settings and one view below the cache's folder. */
export function cacheFolder({ directory, backbone, view }: Omit<FeatureCacheOptions, 'progress'>): string {
  const { imageSizePx, fit, filter, mean, std } = backbone.preprocessing;
  const key = {
    formatVersion,
    backbone: backbone.sha256,
    outputs: [backbone.featuresOutput, view === 'plain' ? backbone.classLogitsOutput : null],
    preprocessing: [imageSizePx, fit, filter, mean, std],
    view,
  };
  return join(directory, hashBytes('sha256', JSON.stringify(key)).slice(0, 32));
}

export function createFeatureCache(options: FeatureCacheOptions): FeatureCache {
  const { backbone, progress } = options;
  const folder = cacheFolder(options);
  const widths = { features: backbone.featureCount, classLogits: options.view === 'plain' ? backbone.classCount : 0 };
  let open: [string, FeatureRow][] = [];
  let broken = false;
  const flush = async (): Promise<void> => {
    const rows = open;
    open = [];
    if (rows.length === 0 || broken) return;
    const bytes = encodeChunk(rows, widths);
    try {
      await writeFileAtomic(join(folder, `${hashBytes('sha256', bytes)}${ending}`), bytes);
    } catch (error) {
      broken = true;
      progress.line(`features are not kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    read: (wanted, onRow) => readChunks({ folder, widths, progress }, new Set(wanted), onRow),
    add: async (md5, row) => {
      open.push([md5, row]);
      if (open.length >= chunkRows) await flush();
    },
    flush,
  };
}

interface Widths {
  readonly features: number;
  readonly classLogits: number;
}

function encodeChunk(rows: readonly [string, FeatureRow][], widths: Widths): Uint8Array {
  const matrix = (width: number, of: (row: FeatureRow) => Float32Array | null): TensorLiteral => {
    const data = new Float32Array(rows.length * width);
    rows.forEach(([, row], i) => {
      data.set(of(row) ?? [], i * width);
    });
    return { dtype: 'float32', dims: [rows.length, width], data };
  };
  return writeSafetensors(
    {
      features: matrix(widths.features, (row) => row.features),
      ...(widths.classLogits === 0 ? {} : { classLogits: matrix(widths.classLogits, (row) => row.classLogits) }),
    },
    { md5: rows.map(([md5]) => md5).join(' ') },
  );
}

interface Reading {
  readonly folder: string;
  readonly widths: Widths;
  readonly progress: Progress;
}

/** Removes from `wanted` what it finds, and stops when nothing is left. */
async function readChunks(
  { folder, widths, progress }: Reading,
  wanted: Set<string>,
  onRow: (md5: string, row: FeatureRow) => void,
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.endsWith(ending) && !each.startsWith('.')).sort()) {
    if (wanted.size === 0) return;
    const path = join(folder, name);
    try {
      const md5s = await readMd5s(path);
      if (md5s?.some((md5) => wanted.has(md5)) === false) continue;
      const bytes = await readFile(path);
      if (`${hashBytes('sha256', bytes)}${ending}` !== name)
        throw new Error('its bytes are not those that were written');
      for (const [md5, row] of decodeChunk(bytes, widths)) if (wanted.delete(md5)) onRow(md5, row);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      progress.line(`kept features in ${path} are damaged and computed again: ${reason}`);
      await rm(path, { force: true }).catch(() => undefined);
    }
  }
}

const headerSchema = z.object({ __metadata__: z.object({ md5: z.string() }) });

/** Which photos a file is about, from its header alone; undefined when that cannot be told. */
async function readMd5s(path: string): Promise<readonly string[] | undefined> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(8);
    await file.read(start, 0, 8, 0);
    const length = Number(start.readBigUInt64LE());
    if (length > 1 << 20) return undefined;
    const header = Buffer.alloc(length);
    await file.read(header, 0, length, 8);
    return headerSchema.parse(JSON.parse(header.toString())).__metadata__.md5.split(' ');
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

function decodeChunk(bytes: Uint8Array, widths: Widths): [string, FeatureRow][] {
  const { tensors, metadata } = readSafetensors(bytes);
  const md5s = (metadata['md5'] ?? '').split(' ');
  const rowsOf = (name: keyof Widths): Float32Array => {
    const tensor = tensors[name];
    const fits = tensor?.dims[0] === md5s.length && tensor.dims[1] === widths[name];
    if (tensor?.dtype === 'float32' && fits) return tensor.data;
    throw new PawprintError('MODEL_INVALID', { message: `it has no ${name} [${md5s.length}, ${widths[name]}]` });
  };
  const features = rowsOf('features');
  const classLogits = widths.classLogits === 0 ? undefined : rowsOf('classLogits');
  return md5s.map((md5, i): [string, FeatureRow] => [
    md5,
    {
      features: features.subarray(i * widths.features, (i + 1) * widths.features),
      classLogits: classLogits?.subarray(i * widths.classLogits, (i + 1) * widths.classLogits) ?? null,
    },
  ]);
}
