// From a file's bytes to the numbers that a model sees: decode, resize, normalise. The one way, for every stage.
import { createDecoder, type DecodedImage, type DecodeOptions } from './decode.ts';
import type { Pixels } from './pixels.ts';
import type { Preprocessing } from './preprocessing.ts';
import { tensorFromRecord } from './record.ts';
import { createResizer, type ResizeSettings } from './resize.ts';

/** A planar record [3, S, S], uint8: all reds, all greens, all blues. */
export type ImageRecord = Uint8Array<ArrayBuffer>;

export interface Preprocessor {
  /** Bytes → record. Calls may overlap. Errors as `decodeImage`. */
  record(bytes: Uint8Array, options?: DecodeOptions): Promise<ImageRecord>;
  /** A plain JPEG's record at once; undefined for what needs `record`. */
  recordNow(bytes: Uint8Array, options?: DecodeOptions): ImageRecord | undefined;
  /** The same as `record`, with what else is known of the picture. `decoded.pixels` is valid until the next call. */
  recordAndPixels(
    bytes: Uint8Array,
    options?: DecodeOptions,
  ): Promise<{ readonly record: ImageRecord; readonly decoded: DecodedImage }>;
  /** Decoded pixels → record. */
  recordFromPixels(pixels: Pixels): ImageRecord;
}

/**
 * A preprocessor with tables and memory of its own; use one a thread. Mean and deviation are applied later, by
 * `tensorFromRecord` or the augmenter.
 */
export function createPreprocessor(settings: ResizeSettings): Preprocessor {
  const decoder = createDecoder();
  const resizer = createResizer(settings);
  const recordFromPixels = (pixels: Pixels): ImageRecord =>
    resizer.toRecord(pixels, new Uint8Array(3 * settings.imageSizePx ** 2));
  return {
    recordFromPixels,
    recordNow: (bytes, options) => {
      const decoded = decoder.decodeNow(bytes, options);
      return decoded === undefined ? undefined : recordFromPixels(decoded.pixels);
    },
    record: (bytes, options) => decoder.use(bytes, ({ pixels }) => recordFromPixels(pixels), options),
    recordAndPixels: (bytes, options) =>
      decoder.use(bytes, (decoded) => ({ record: recordFromPixels(decoded.pixels), decoded }), options),
  };
}

/** Record of one picture. For many, make one preprocessor. */
export async function decodeToRecord(bytes: Uint8Array, settings: ResizeSettings): Promise<ImageRecord> {
  const { imageSizePx, fit, filter } = settings;
  return createPreprocessor({ imageSizePx, fit, filter }).record(bytes);
}

/** Writes pixels as the model's input, float32 [3, S, S], at `offset` of `target`. */
export function preprocessPixels(
  pixels: Pixels,
  preprocessing: Preprocessing,
  target: Float32Array,
  offset: number,
): void {
  const record = createPreprocessor(preprocessing).recordFromPixels(pixels);
  tensorFromRecord(record, preprocessing, target, offset);
}
