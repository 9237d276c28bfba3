// Bytes → upright 8-bit RGB. Plain JPEGs go through libjpeg-turbo, synchronously and into reused memory (a fifth of
// the time of a general decoder); everything else, and what libjpeg-turbo complains about, goes through sharp.
import jpegTurbo from '@julusian/jpeg-turbo';
import { decodeBmp, readBmpHeader } from './bmp.ts';
import { type DecodeOptions, decodeGeneral } from './general-decoder.ts';
import { type ImageInfo, inspectImage, inspectJpegImage } from './inspect.ts';
import type { Pixels } from './pixels.ts';
import { sniffFormat } from './sniff.ts';
import { upright } from './upright.ts';

export type { DecodeOptions } from './general-decoder.ts';

export interface DecodedImage {
  readonly pixels: Pixels;
  readonly info: ImageInfo;
}

/** Decodes picture after picture, reusing its memory. One a thread. */
export interface Decoder {
  /**
   * Plain JPEGs at once, undefined for everything that needs `decode`. The pixels may lie in the decoder's memory:
   * valid until its next call. Throws as `decodeImage`.
   */
  decodeNow(bytes: Uint8Array, options?: DecodeOptions): DecodedImage | undefined;
  /**
   * Decodes and hands the picture to `work`, whose result it returns. The pixels are valid until `work` returns;
   * calls may overlap. Rejects as `decodeImage`.
   */
  use<Result>(bytes: Uint8Array, work: (decoded: DecodedImage) => Result, options?: DecodeOptions): Promise<Result>;
}

/** Memory above this (8 megapixels) is not kept for the next picture. */
const keptBytes = 24_000_000;

export function createDecoder(): Decoder {
  let kept = Buffer.alloc(0);
  const memoryFor = (size: number): Buffer => {
    if (size <= kept.length) return kept;
    const memory = Buffer.allocUnsafeSlow(size);
    if (size <= keptBytes) kept = memory;
    return memory;
  };
  const decodeNow: Decoder['decodeNow'] = (bytes, options = {}) => {
    if (sniffFormat(bytes) !== 'jpeg') return undefined;
    const info = inspectJpegImage(bytes, options);
    if (info.colourSpace === 'cmyk' || info.bitDepth !== 8) return undefined;
    const pixels = decodeJpeg(bytes, memoryFor(info.width * info.height * 3));
    return pixels === undefined ? undefined : { pixels: upright(pixels, info.orientation), info };
  };
  return {
    decodeNow,
    use: async (bytes, work, options = {}) => {
      const decoded = decodeNow(bytes, options);
      if (decoded !== undefined) return work(decoded);
      const info = await inspectImage(bytes, options);
      const pixels =
        info.format === 'bmp'
          ? decodeBmp(bytes, readBmpHeader(bytes), options)
          : await decodeGeneral(bytes, info, options);
      return work({ pixels, info });
    },
  };
}

/**
 * Decodes one picture: EXIF orientation applied; CMYK, grey, palette and 16-bit turned into 8-bit RGB; alpha laid over
 * grey 128; of an animation the first frame. Throws IMAGE_UNSUPPORTED (no picture, or SVG or HEIC),
 * IMAGE_UNREADABLE (damaged or truncated) or IMAGE_TOO_LARGE (more pixels than `maxPixels`; nothing was decoded).
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DecodedImage> {
  return createDecoder().use(bytes, (decoded) => decoded, options);
}

/**
 * Undefined when libjpeg-turbo complains: it does so for missing data just as for stray bytes that hurt nothing, and
 * does not say which. sharp then tells them apart.
 */
function decodeJpeg(bytes: Uint8Array, memory: Buffer): Pixels | undefined {
  try {
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { data, width, height } = jpegTurbo.decompressSync(source, memory, { format: jpegTurbo.FORMAT_RGB });
    return { width, height, data };
  } catch {
    return undefined;
  }
}
