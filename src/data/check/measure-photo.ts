// From a file to what is known of it: read once, hashed, inspected, decoded once, measured. Nothing that a file holds
// makes this throw; what went wrong is part of the facts.
import { openSync, closeSync, fstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashBytes, PawprintError } from '../../core/index.ts';
import {
  createDecoder,
  createPerceptualHasher,
  createShrinker,
  defaultMaxPixels,
  hashToHex,
  imageStatistics,
  inspectImage,
  statisticsSidePx,
  type ImageInfo,
  type Pixels,
} from '../../image/index.ts';
import type { PhotoFacts } from './photo-facts.ts';

/** Larger files are not read: no photo is so large, and reading it would take the memory of all others. */
const maxFileBytes = 256 << 20;

type Known = Pick<PhotoFacts, 'path' | 'sizeBytes' | 'md5'> & { readonly info?: ImageInfo };

/** A function that measures photo after photo with one decoder. `path` is relative to `directory`. */
export function createPhotoMeasurer(): (directory: string, path: string) => Promise<PhotoFacts> {
  const decoder = createDecoder();
  const hasher = createPerceptualHasher();
  const shrinker = createShrinker();
  const measurePixels = (pixels: Pixels): Pick<PhotoFacts, 'statistics' | 'hash'> => {
    // The hash looks at 32 × 32 cells: taken from the small copy it is as good and costs a tenth.
    const small = shrinker.shrink(pixels, statisticsSidePx);
    return { statistics: imageStatistics(small), hash: hashToHex(hasher.hash(small)) };
  };
  return async (directory, path) => {
    const file = readPhoto(join(directory, path));
    if ('problem' in file) return { path, ...file };
    const { bytes } = file;
    const sizeBytes = bytes.length;
    if (sizeBytes === 0) return { path, sizeBytes, outcome: 'empty' };
    let known: Known = { path, sizeBytes, md5: hashBytes('md5', bytes) };
    try {
      const info = await inspectImage(bytes, { maxPixels: Infinity, maxFrames: Infinity });
      known = { ...known, info };
      if (info.width * info.height > defaultMaxPixels)
        return { ...known, outcome: 'too-large', problem: 'not decoded' };
      const options = { maxFrames: Infinity };
      const measured = await decoder.use(bytes, ({ pixels }) => measurePixels(pixels), options);
      return { ...known, outcome: 'decoded', ...measured };
    } catch (error) {
      return { ...known, ...describeFailure(error) };
    }
  };
}

function readPhoto(
  path: string,
): { readonly bytes: Uint8Array } | (Pick<PhotoFacts, 'outcome' | 'sizeBytes'> & { readonly problem: string }) {
  let sizeBytes = 0;
  try {
    const file = openSync(path, 'r');
    try {
      sizeBytes = fstatSync(file).size;
      if (sizeBytes > maxFileBytes)
        return { outcome: 'too-large', sizeBytes, problem: `${Math.round(sizeBytes / 1e6)} MB, not read` };
      return { bytes: readFileSync(file) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? 'unknown error') : 'unknown error';
    return { outcome: 'unreadable', sizeBytes, problem: readProblems[code] ?? `cannot be read (${code})` };
  }
}

const readProblems: Partial<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'not there (any more), or a link that leads nowhere',
  ELOOP: 'a link that leads to itself',
};

function describeFailure(error: unknown): Pick<PhotoFacts, 'outcome' | 'problem'> & { readonly problem: string } {
  const problem = error instanceof Error ? error.message : String(error);
  // The decoder's words are the only sign that it leaves of a picture that merely ends too early.
  const truncated = error instanceof PawprintError && error.code === 'IMAGE_UNREADABLE' && /truncated/.test(problem);
  return { outcome: truncated ? 'truncated' : 'undecodable', problem };
}
