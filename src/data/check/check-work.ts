// What the worker threads of `data check` do: measure photos, compare pairs of them, make thumbnails. Pictures never
// leave the worker; what is known of them does.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDecoder, createThumbnailer } from '../../image/index.ts';
import { createPhotoMeasurer } from './measure-photo.ts';
import { compareSketches, createSketcher, type PhotoSketch } from './near-duplicates/similarity.ts';
import type { PhotoFacts } from './photo-facts.ts';

/** Paths are relative to `directory`. */
export type CheckRequest =
  | { readonly kind: 'measure'; readonly directory: string; readonly paths: readonly string[] }
  | {
      readonly kind: 'compare';
      readonly directory: string;
      readonly pairs: readonly (readonly [string, string])[];
    }
  | {
      readonly kind: 'thumbnails';
      readonly directory: string;
      readonly paths: readonly string[];
      readonly maxSidePx: number;
    };

/** One answer for each path or pair, in order. */
export type CheckReply =
  | { readonly kind: 'measure'; readonly facts: readonly PhotoFacts[] }
  /** 0–1; 0 where one of the two cannot be decoded any more. */
  | { readonly kind: 'compare'; readonly similarities: readonly number[] }
  /** JPEG bytes; null where the photo cannot be decoded. */
  | { readonly kind: 'thumbnails'; readonly jpegs: readonly (Uint8Array | null)[] };

/** Sketches kept because a photo often stands in several pairs: 16 KB each. */
const keptSketches = 256;

/** The handler of one worker thread, with decoders and memory of its own. */
export function createCheckWork(): (request: CheckRequest) => Promise<CheckReply> {
  const measure = createPhotoMeasurer();
  const sketch = createPhotoSketcher();
  const thumbnailer = createThumbnailer({ quality: 70 });
  return async (request) => {
    const { directory } = request;
    switch (request.kind) {
      case 'measure': {
        const facts: PhotoFacts[] = [];
        for (const path of request.paths) facts.push(await measure(directory, path));
        return { kind: 'measure', facts };
      }
      case 'compare': {
        const similarities: number[] = [];
        for (const [first, second] of request.pairs) {
          const a = await sketch(join(directory, first));
          const b = await sketch(join(directory, second));
          similarities.push(a === undefined || b === undefined ? 0 : compareSketches(a, b));
        }
        return { kind: 'compare', similarities };
      }
      case 'thumbnails': {
        const jpegs: (Uint8Array | null)[] = [];
        for (const path of request.paths) {
          const bytes = await readFile(join(directory, path)).catch(() => new Uint8Array());
          const options = { tolerateTruncation: true };
          jpegs.push(await thumbnailer.thumbnail(bytes, request.maxSidePx, options).catch(() => null));
        }
        return { kind: 'thumbnails', jpegs };
      }
    }
  };
}

/** Sketches photos by path, and remembers the latest. */
function createPhotoSketcher(): (path: string) => Promise<PhotoSketch | undefined> {
  const decoder = createDecoder();
  const sketcher = createSketcher();
  const kept = new Map<string, PhotoSketch>();
  return async (path) => {
    const known = kept.get(path);
    if (known !== undefined) return known;
    try {
      const sketch = await decoder.use(await readFile(path), ({ pixels }) => sketcher(pixels));
      const oldest = kept.keys().next();
      if (kept.size >= keptSketches && oldest.done !== true) kept.delete(oldest.value);
      kept.set(path, sketch);
      return sketch;
    } catch {
      return undefined; // it could be decoded a moment ago: removed or replaced meanwhile
    }
  };
}
