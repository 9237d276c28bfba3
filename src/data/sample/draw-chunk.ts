// Draws a run of pictures of one class and writes those that are not there yet. Runs in the worker threads.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/index.ts';
import { drawSample } from '../../image/index.ts';
import { picturePath, sampleClasses } from './layout.ts';

export interface DrawChunk {
  readonly to: string;
  readonly seed: number;
  readonly classIndex: 0 | 1;
  readonly first: number;
  readonly count: number;
}

export interface DrawnChunk {
  readonly written: number;
  /** Were there already. */
  readonly kept: number;
  readonly bytes: number;
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch {
    return false;
  }
}

/** Writes atomically; the next picture is drawn while the last ones are on their way to the disk. */
export async function drawChunk({ to, seed, classIndex, first, count }: DrawChunk): Promise<DrawnChunk> {
  const { label } = sampleClasses[classIndex];
  const writes: Promise<void>[] = [];
  let [kept, bytes] = [0, 0];
  for (let index = first; index < first + count; index++) {
    const path = join(to, ...picturePath(classIndex, index).split('/'));
    if (await isThere(path)) {
      kept++;
      continue;
    }
    const jpeg = drawSample({ label, seed, index });
    bytes += jpeg.length;
    writes.push(writeFileAtomic(path, jpeg));
  }
  // All end before a failure is told, so that none is still writing when the run stops.
  const failed = (await Promise.allSettled(writes)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return { written: writes.length, kept, bytes };
}
