// A shard: records of one split end to end, gathered from wherever they lie, in the order of the manifest.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SplitName } from '../manifest.ts';

/** Larger than any sensible record, small enough to stay in the processor's cache. */
const bufferBytes = 4 << 20;
const openFilesLimit = 16;

export interface ShardPlan {
  /** The folder the shard goes to. */
  readonly directory: string;
  readonly split: SplitName;
  /** Number of the shard within its split. */
  readonly number: number;
  readonly recordBytes: number;
  /** Record files by number. */
  readonly files: readonly string[];
  /** For each record its file's number and its place there. */
  readonly file: Uint32Array<ArrayBuffer>;
  readonly slot: Uint32Array<ArrayBuffer>;
}

export interface WrittenShard {
  /** File name within the folder; it ends in the start of the digest, so that another content never takes its name. */
  readonly name: string;
  readonly sha256: string;
}

/** Finished shards are called so. */
export const shardNamePattern = /^(train|validation|test)-\d{4,}-[0-9a-f]{12}\.bin$/;

/** Writes the shard, flushed to the disk and renamed. Throws the operating system's error, with nothing left behind. */
export function writeShardFile(plan: ShardPlan): WrittenShard {
  const temporary = join(plan.directory, `.${plan.split}-${plan.number}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const sha256 = copyRecords(plan, temporary);
    const name = `${plan.split}-${String(plan.number).padStart(4, '0')}-${sha256.slice(0, 12)}.bin`;
    renameSync(temporary, join(plan.directory, name));
    return { name, sha256 };
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function copyRecords(plan: ShardPlan, target: string): string {
  const { recordBytes, file, slot } = plan;
  const capacity = Math.max(1, Math.floor(bufferBytes / recordBytes));
  const buffer = Buffer.alloc(capacity * recordBytes);
  const sha256 = createHash('sha256');
  const sources = openSources(plan.files);
  const out = openSync(target, 'wx');
  try {
    for (let next = 0; next < file.length;) {
      let filled = 0;
      while (filled < capacity && next < file.length) {
        const run = runLength(plan, next, capacity - filled);
        sources.read(
          file[next] ?? 0,
          buffer.subarray(filled * recordBytes, (filled + run) * recordBytes),
          (slot[next] ?? 0) * recordBytes,
        );
        filled += run;
        next += run;
      }
      const bytes = buffer.subarray(0, filled * recordBytes);
      sha256.update(bytes);
      writeWhole(out, bytes);
    }
    fsyncSync(out);
  } finally {
    closeSync(out);
    sources.close();
  }
  return sha256.digest('hex');
}

/** How many records from `start` on lie end to end in one file: they are read at once. */
function runLength({ file, slot }: ShardPlan, start: number, limit: number): number {
  let run = 1;
  while (
    run < limit &&
    start + run < file.length &&
    file[start + run] === file[start] &&
    slot[start + run] === (slot[start] ?? 0) + run
  )
    run++;
  return run;
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}

/** Record files, opened as needed and only so many at once. */
function openSources(files: readonly string[]): {
  read: (file: number, into: Uint8Array, position: number) => void;
  close: () => void;
} {
  const open = new Map<number, number>();
  const descriptorOf = (file: number): number => {
    const known = open.get(file);
    if (known !== undefined) return known;
    const [oldest] = open;
    if (open.size >= openFilesLimit && oldest !== undefined) {
      closeSync(oldest[1]);
      open.delete(oldest[0]);
    }
    const descriptor = openSync(files[file] ?? '', 'r');
    open.set(file, descriptor);
    return descriptor;
  };
  return {
    read: (file, into, position) => {
      const descriptor = descriptorOf(file);
      for (let done = 0; done < into.length;) {
        const count = readSync(descriptor, into, done, into.length - done, position + done);
        if (count === 0) throw new Error(`${files[file] ?? ''} ends too early`);
        done += count;
      }
    },
    close: () => {
      for (const descriptor of open.values()) closeSync(descriptor);
    },
  };
}
