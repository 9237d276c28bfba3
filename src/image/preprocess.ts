// From a file's bytes to the numbers that a model sees: decode, resize, normalise. The one way, for every stage.
import { createDecoder, type DecodedImage, type DecodeOptions } from './decode.ts';
import type { Pixels } from './pixels.ts';
import type { Preprocessing } from './preprocessing.ts';
import { createResizer, type ResizeSettings } from './resize.ts';

export interface Preprocessor {
  /** Bytes → planar record [3, S, S], uint8. Errors as `decodeImage`. */
  record(bytes: Uint8Array, options?: DecodeOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** The same, with what else is known of the picture. `decoded.pixels` is valid until the next call. */
  recordAndPixels(
    bytes: Uint8Array,
    options?: DecodeOptions,
  ): Promise<{ readonly record: Uint8Array<ArrayBuffer>; readonly decoded: DecodedImage }>;
  /** Decoded pixels → planar record. */
  recordFromPixels(pixels: Pixels): Uint8Array<ArrayBuffer>;
}

/** A preprocessor with its own tables and memory; use one a thread. Mean and deviation are applied later, by tensorFromRecord. */
export function createPreprocessor(settings: ResizeSettings): Preprocessor {
  const decoder = createDecoder();
  const resizer = createResizer(settings);
  const recordFromPixels = (pixels: Pixels): Uint8Array<ArrayBuffer> => {
    const record = new Uint8Array(3 * settings.imageSizePx ** 2);
    resizer.toRecord(pixels, record);
    return record;
  };
  const recordAndPixels: Preprocessor['recordAndPixels'] = async (bytes, options) => {
    const decoded = await decoder.decode(bytes, options);
    return { record: recordFromPixels(decoded.pixels), decoded };
  };
  return {
    recordFromPixels,
    recordAndPixels,
    record: async (bytes, options) => (await recordAndPixels(bytes, options)).record,
  };
}

/** Planar record [3, S, S] of one picture. For many, make one preprocessor. */
export async function decodeToRecord(
  bytes: Uint8Array,
  settings: Pick<Preprocessing, 'imageSizePx' | 'fit' | 'filter'>,
): Promise<Uint8Array<ArrayBuffer>> {
  return createPreprocessor(settings).record(bytes);
}
