// One photo in one pass: file bytes to record, perceptual hash and size.
import { createPerceptualHasher, createPreprocessor, hashToHex } from '../../image/index.ts';
import type { RecordSettings } from './params.ts';

export interface DecodedBytes {
  /** Planar RGB [3, S, S]. */
  readonly record: Uint8Array;
  /** Perceptual hash, 16 hexadecimal digits. */
  readonly hash: string;
  /** Upright, pixels. */
  readonly width: number;
  readonly height: number;
}

/** Decodes photo after photo with one set of tables and memory. Throws IMAGE_UNREADABLE, IMAGE_UNSUPPORTED, IMAGE_TOO_LARGE. */
export type PhotoDecoder = (bytes: Uint8Array) => Promise<DecodedBytes>;

export function createPhotoDecoder(settings: RecordSettings): PhotoDecoder {
  const { imageSizePx, fit, filter } = settings;
  const preprocessor = createPreprocessor({ imageSizePx, fit, filter });
  const hasher = createPerceptualHasher();
  return async (bytes) => {
    const { record, decoded } = await preprocessor.recordAndPixels(bytes);
    const { width, height } = decoded.pixels;
    return { record, hash: hashToHex(hasher.hash(decoded.pixels)), width, height };
  };
}
