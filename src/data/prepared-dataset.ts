// Opens what `pawprint data prepare` left: rows in memory, records in memory where they are few, otherwise read from
// the shards as they are asked for (the operating system's page cache then holds what is used).
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { asPawprintError, hashFile } from '../core/index.ts';
import {
  splitNames,
  type Manifest,
  type ManifestEntry,
  type PreparedDataset,
  type PreparedSplit,
  type SplitName,
} from './manifest.ts';
import { damaged, readManifest, readRows } from './prepare/manifest-file.ts';
import { recordBytesOf } from './prepare/params.ts';

/** A split of up to so many bytes is read into memory as a whole. */
const inMemoryLimitBytes = 512 << 20;
/** Shards of larger ones held open at once. */
const openShardsLimit = 128;

export interface OpenDatasetOptions {
  /** Read every shard and compare its sha256; otherwise only sizes are checked. */
  readonly verify?: boolean;
  /** Splits of up to so many bytes are read into memory on first use; 512 MiB unless told. */
  readonly inMemoryLimitBytes?: number;
}

/**
 * Opens the prepared data set in `directory`. Throws MANIFEST_INVALID (not a prepared data set, cut short, of another
 * version, a shard missing, of another size or, with `verify`, of another content), FILE_NOT_FOUND, NOT_A_DIRECTORY.
 */
export async function openPreparedDataset(
  directory: string,
  options: OpenDatasetOptions = {},
): Promise<PreparedDataset> {
  const absolute = resolve(directory);
  await checkIsDirectory(absolute);
  const manifest = await readManifest(absolute);
  const entries = await readRows(absolute, manifest);
  await checkShards(absolute, manifest, options.verify ?? false);
  const limit = options.inMemoryLimitBytes ?? inMemoryLimitBytes;
  const splits = new Map(
    splitNames.map((name) => [
      name,
      openSplit(absolute, manifest, { name, entries: entries.filter((each) => each.split === name), limit }),
    ]),
  );
  checkCounts(absolute, manifest, splits);
  return {
    directory: absolute,
    manifest,
    sourceDirectory: resolve(absolute, manifest.source),
    split: (name) => {
      const split = splits.get(name);
      if (split === undefined) throw new Error(`there is no split ${name}`);
      return split;
    },
    close: () => {
      for (const split of splits.values()) split.close();
    },
  };
}

async function checkIsDirectory(path: string): Promise<void> {
  try {
    await stat(join(path, '.'));
  } catch (error) {
    throw asPawprintError(error, `opening the data set ${path}`);
  }
}

async function checkShards(directory: string, manifest: Manifest, verify: boolean): Promise<void> {
  for (const { file, count, sha256 } of manifest.shards) {
    const path = join(directory, file);
    const expected = count * recordBytesOf(manifest.preprocessing);
    const found = await stat(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw damaged(path, `a shard of ${expected} bytes`, 'no such file');
      throw asPawprintError(error, `opening ${path}`);
    });
    if (found.size !== expected) throw damaged(path, `${expected} bytes`, `${found.size} bytes`);
    if (!verify) continue;
    const received = await hashFile('sha256', path);
    if (received !== sha256) throw damaged(path, `sha256 ${sha256}`, `sha256 ${received}`);
  }
}

function checkCounts(directory: string, manifest: Manifest, splits: ReadonlyMap<SplitName, PreparedSplit>): void {
  for (const [name, { count }] of splits) {
    const shards = manifest.shards.filter((shard) => shard.split === name);
    let next = 0;
    for (const shard of shards) {
      if (shard.first !== next)
        throw damaged(join(directory, shard.file), `record ${next} of ${name} first`, `record ${shard.first}`);
      next += shard.count;
    }
    if (next !== count)
      throw damaged(join(directory, 'manifest.csv'), `${next} ${name} photos, as the shards hold`, `${count}`);
  }
}

interface SplitContent {
  readonly name: SplitName;
  readonly entries: readonly ManifestEntry[];
  readonly limit: number;
}

function openSplit(
  directory: string,
  manifest: Manifest,
  { name, entries, limit }: SplitContent,
): PreparedSplit & { close: () => void } {
  const recordBytes = recordBytesOf(manifest.preprocessing);
  const shards = manifest.shards.filter((shard) => shard.split === name);
  const paths = shards.map(({ file }) => join(directory, file));
  const firsts = shards.map(({ first }) => first);
  const store = entries.length * recordBytes <= limit ? readWhole(paths) : readOnDemand(paths);
  return {
    name,
    entries,
    count: entries.length,
    labels: Uint8Array.from(entries, ({ label }) => label),
    recordBytes,
    readRecord: (index, target, offset) => {
      if (!(index >= 0 && index < entries.length))
        throw new RangeError(`${name} has no record ${index}, only ${entries.length}`);
      if (target.length < offset + recordBytes)
        throw new RangeError(`a record takes ${recordBytes} bytes, there are ${target.length - offset}`);
      const shard = shardOf(firsts, index);
      store.read(shard, (index - (firsts[shard] ?? 0)) * recordBytes, target.subarray(offset, offset + recordBytes));
    },
    close: () => store.close(),
  };
}

/** The last shard that starts at or before record `index`. */
function shardOf(firsts: readonly number[], index: number): number {
  let low = 0;
  let high = firsts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((firsts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface RecordStore {
  /** Fills `target` from shard number `shard` at `position`, bytes. */
  read(shard: number, position: number, target: Uint8Array): void;
  close(): void;
}

/** Each shard is read when first touched, and stays. */
function readWhole(paths: readonly string[]): RecordStore {
  let loaded: (Uint8Array | undefined)[] = [];
  return {
    read: (shard, position, target) => {
      const bytes = (loaded[shard] ??= readFileSync(paths[shard] ?? ''));
      if (bytes.length < position + target.length)
        throw damaged(paths[shard] ?? '', 'a whole record', `${bytes.length} bytes`);
      target.set(bytes.subarray(position, position + target.length));
    },
    close: () => {
      loaded = [];
    },
  };
}

function readOnDemand(paths: readonly string[]): RecordStore {
  const open = new Map<number, number>();
  const descriptorOf = (shard: number): number => {
    const known = open.get(shard);
    if (known !== undefined) return known;
    const [oldest] = open;
    if (oldest !== undefined && open.size >= openShardsLimit) {
      closeSync(oldest[1]);
      open.delete(oldest[0]);
    }
    const descriptor = openSync(paths[shard] ?? '', 'r');
    open.set(shard, descriptor);
    return descriptor;
  };
  return {
    read: (shard, position, target) => {
      const descriptor = descriptorOf(shard);
      for (let done = 0; done < target.length;) {
        const count = readSync(descriptor, target, done, target.length - done, position + done);
        if (count === 0)
          throw damaged(paths[shard] ?? '', 'a whole record', `the file ends at byte ${position + done}`);
        done += count;
      }
    },
    close: () => {
      for (const descriptor of open.values()) closeSync(descriptor);
      open.clear();
    },
  };
}
