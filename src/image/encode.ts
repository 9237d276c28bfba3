// Pixels → JPEG or PNG bytes, and small JPEGs of photos for HTML pages.
import jpegTurbo from '@julusian/jpeg-turbo';
import { createDecoder, type DecodeOptions } from './decode.ts';
import { loadSharp } from './sharp-loader.ts';
import type { Pixels } from './pixels.ts';
import { createShrinker } from './resize.ts';

/** JPEG bytes. Quality 1 to 100; 80 looks like the original at a tenth of the size. */
export function encodeJpeg(
  { width, height, data }: Pixels,
  { quality = 80 }: { readonly quality?: number } = {},
): Uint8Array {
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const { compressSync, FORMAT_RGB, SAMP_420 } = jpegTurbo;
  const options = { format: FORMAT_RGB, width, height, quality, subsampling: SAMP_420 };
  return new Uint8Array(compressSync(raw, options));
}

/** PNG bytes, lossless. */
export async function encodePng({ width, height, data }: Pixels): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

export interface Thumbnailer {
  /** A JPEG of the photo, upright, its longer side at most `maxSidePx`. Errors as `decodeImage`. */
  thumbnail(bytes: Uint8Array, maxSidePx: number, options?: DecodeOptions): Promise<Uint8Array>;
}

/** Makes thumbnails one after the other, reusing memory; use one a thread. */
export function createThumbnailer({ quality = 75 }: { readonly quality?: number } = {}): Thumbnailer {
  const decoder = createDecoder();
  const shrinker = createShrinker();
  return {
    thumbnail: (bytes, maxSidePx, options) =>
      decoder.use(bytes, ({ pixels }) => encodeJpeg(shrinker.shrink(pixels, maxSidePx), { quality }), options),
  };
}

/** A small JPEG of one photo. For many, make a thumbnailer. */
export async function thumbnail(bytes: Uint8Array, maxSidePx: number): Promise<Uint8Array> {
  return createThumbnailer().thumbnail(bytes, maxSidePx);
}
