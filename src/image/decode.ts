// Bytes → upright 8-bit RGB. Plain JPEGs go through libjpeg-turbo, synchronously and into reused memory (a fifth of
// the time of a general decoder); everything else, and what libjpeg-turbo refuses, goes through sharp.
import jpegTurbo from '@julusian/jpeg-turbo';
import sharp from 'sharp';
import { PawprintError } from '../core/index.ts';
import { type ImageInfo, type ImageLimits, inspectImage } from './inspect.ts';
import type { Pixels } from './pixels.ts';

export interface DecodedImage {
  /** May lie in the decoder's own memory: valid until its next call. */
  readonly pixels: Pixels;
  readonly info: ImageInfo;
}

export interface DecodeOptions extends ImageLimits {
  /** Take what there is of a picture that ends too early, instead of refusing it. */
  readonly tolerateTruncation?: boolean;
}

/** Decodes picture after picture, reusing its memory. One a thread. */
export interface Decoder {
  decode(bytes: Uint8Array, options?: DecodeOptions): Promise<DecodedImage>;
}

/** What lies under transparent pixels: mid grey, so that neither dark nor light subjects vanish. */
const background = { r: 128, g: 128, b: 128 };

export function createDecoder(): Decoder {
  let memory = Buffer.alloc(0);
  return {
    decode: async (bytes, options = {}) => {
      const info = await inspectImage(bytes, options);
      if (info.format === 'jpeg' && info.colourSpace !== 'cmyk' && info.bitDepth === 8) {
        const size = info.width * info.height * 3;
        if (memory.length < size) memory = Buffer.allocUnsafeSlow(size);
        const pixels = decodeJpeg(bytes, memory);
        if (pixels !== undefined) return { pixels: upright(pixels, info.orientation), info };
      }
      return { pixels: await decodeGeneral(bytes, info, options), info };
    },
  };
}

/**
 * Decodes one picture: EXIF orientation applied; CMYK, grey, palette and 16-bit turned into 8-bit RGB; alpha laid over
 * grey; of an animation the first frame. Throws IMAGE_UNSUPPORTED, IMAGE_UNREADABLE (damaged or truncated) or
 * IMAGE_TOO_LARGE.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DecodedImage> {
  return createDecoder().decode(bytes, options);
}

/** Undefined when libjpeg-turbo complains, be it of a real fault or of stray bytes that others overlook. */
function decodeJpeg(bytes: Uint8Array, memory: Buffer): Pixels | undefined {
  try {
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { data, width, height } = jpegTurbo.decompressSync(source, memory, { format: jpegTurbo.FORMAT_RGB });
    return { width, height, data: data.subarray(0, width * height * 3) };
  } catch {
    return undefined;
  }
}

async function decodeGeneral(bytes: Uint8Array, info: ImageInfo, options: DecodeOptions): Promise<Pixels> {
  try {
    const { data, info: out } = await sharp(bytes, {
      failOn: options.tolerateTruncation === true ? 'none' : 'truncated',
      limitInputPixels: false,
      sequentialRead: true,
      pages: 1,
    })
      .autoOrient()
      .flatten({ background })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const rgb = out.channels === 3 ? data : widen(data, out.channels);
    return { width: out.width, height: out.height, data: rgb };
  } catch (error) {
    throw unreadable(info, error);
  }
}

/** Grey (with or without alpha) or RGBA as RGB. */
function widen(data: Uint8Array, channels: number): Uint8Array {
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * channels + (channels < 3 ? 0 : c)] ?? 0;
  return rgb;
}

function unreadable(info: ImageInfo, error: unknown): PawprintError {
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const truncated = /truncat|premature|end of (file|stream|image)|not enough|unexpected end/i.test(
    error instanceof Error ? error.message : '',
  );
  return new PawprintError('IMAGE_UNREADABLE', {
    message: truncated
      ? `the ${info.format.toUpperCase()} picture is truncated`
      : `the ${info.format.toUpperCase()} picture is damaged`,
    expected: `a whole ${info.format.toUpperCase()} file`,
    received: reason,
    hint: 'Copy the file again, or remove it.',
    cause: error,
  });
}

/** Turns a picture by its EXIF orientation (1 upright, 2–8 the mirrored and turned ones). */
export function upright({ width, height, data }: Pixels, orientation: number): Pixels {
  if (orientation <= 1 || orientation > 8) return { width, height, data };
  const turned = orientation >= 5;
  const [w, h] = turned ? [height, width] : [width, height];
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const [sx, sy] = sourceOf(orientation, { x, y, width, height });
      const from = (sy * width + sx) * 3;
      const to = (y * w + x) * 3;
      out[to] = data[from] ?? 0;
      out[to + 1] = data[from + 1] ?? 0;
      out[to + 2] = data[from + 2] ?? 0;
    }
  return { width: w, height: h, data: out };
}

function sourceOf(
  orientation: number,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): [number, number] {
  switch (orientation) {
    case 2:
      return [width - 1 - x, y];
    case 3:
      return [width - 1 - x, height - 1 - y];
    case 4:
      return [x, height - 1 - y];
    case 5:
      return [y, x];
    case 6:
      return [y, height - 1 - x];
    case 7:
      return [width - 1 - y, height - 1 - x];
    default:
      return [width - 1 - y, x];
  }
}
