// What a picture file says of itself, before a single pixel is decoded; and the limits that are enforced there.
import { PawprintError } from '../core/index.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { loadSharp } from './sharp-loader.ts';
import { type ImageFormat, sniffFormat } from './sniff.ts';

export interface ImageInfo {
  readonly format: ImageFormat;
  /** As stored, before the EXIF orientation is applied; of one frame. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** EXIF orientation 1–8; 1 is upright. */
  readonly orientation: number;
  readonly colourSpace: 'rgb' | 'grey' | 'cmyk' | 'other';
  /** Bits a channel. */
  readonly bitDepth: number;
  readonly hasAlpha: boolean;
  readonly progressive: boolean;
}

export interface ImageLimits {
  /** Pixels of one frame; more are refused before decoding. */
  readonly maxPixels?: number;
  readonly maxFrames?: number;
}

/** 50 megapixels: above every phone's default mode, far below what exhausts memory (150 MB as RGB). */
export const defaultMaxPixels = 50_000_000;
export const defaultMaxFrames = 1000;

/**
 * Reads a picture's header. Throws IMAGE_UNSUPPORTED for what is no picture (or an SVG, which is a program),
 * IMAGE_UNREADABLE for a damaged header, IMAGE_TOO_LARGE for more pixels or frames than the limits.
 */
export async function inspectImage(bytes: Uint8Array, limits: ImageLimits = {}): Promise<ImageInfo> {
  const format = requireFormat(bytes);
  const info = format === 'jpeg' ? inspectJpeg(bytes) : await inspectOther(bytes, format);
  return checkLimits(info, limits);
}

/** The same for JPEG bytes, without waiting. */
export function inspectJpegImage(bytes: Uint8Array, limits: ImageLimits = {}): ImageInfo {
  return checkLimits(inspectJpeg(bytes), limits);
}

/** The format of the bytes, or the error that says what they are instead. */
export function requireFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0)
    throw new PawprintError('IMAGE_UNREADABLE', {
      message: 'the file is empty (0 bytes)',
      expected: 'a picture',
      received: '0 bytes',
      hint: 'Copy the file again, or remove it.',
    });
  const format = sniffFormat(bytes);
  if (format !== undefined && format !== 'svg') return format;
  throw new PawprintError('IMAGE_UNSUPPORTED', {
    message: format === 'svg' ? 'SVG files are not accepted' : 'the content is not a picture',
    expected: 'JPEG, PNG, WebP, GIF, TIFF or AVIF content',
    received: format === 'svg' ? 'an SVG drawing' : `bytes that begin with ${previewBytes(bytes)}`,
    hint: 'Convert it to JPEG or PNG.',
  });
}

function previewBytes(bytes: Uint8Array): string {
  const start = bytes.subarray(0, 12);
  const printable = [...start].every((byte) => byte >= 0x20 && byte < 0x7f);
  return printable ? JSON.stringify(String.fromCharCode(...start)) : `0x${Buffer.from(start).toString('hex')}`;
}

function inspectJpeg(bytes: Uint8Array): ImageInfo {
  const header = readJpegHeader(bytes);
  if (header === undefined || header.width === 0 || header.height === 0) throw damagedHeader('JPEG');
  return {
    format: 'jpeg',
    width: header.width,
    height: header.height,
    frames: 1,
    orientation: header.orientation,
    colourSpace: header.components === 1 ? 'grey' : header.components === 4 ? 'cmyk' : 'rgb',
    bitDepth: header.bitDepth,
    hasAlpha: false,
    progressive: header.progressive,
  };
}

function damagedHeader(format: string, cause?: unknown): PawprintError {
  return new PawprintError('IMAGE_UNREADABLE', {
    message: `the ${format} header is damaged or cut off`,
    expected: `a whole ${format} file`,
    received: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'no frame header',
    hint: 'Copy the file again, or remove it.',
    ...(cause === undefined ? {} : { cause }),
  });
}

const bitsOfDepth: Readonly<Record<string, number>> = {
  uchar: 8,
  char: 8,
  ushort: 16,
  short: 16,
  uint: 32,
  int: 32,
  float: 32,
};

async function inspectOther(bytes: Uint8Array, format: ImageFormat): Promise<ImageInfo> {
  if (format === 'bmp' || format === 'heif') throw unsupportedFormat(format);
  try {
    const sharp = await loadSharp();
    const metadata = await sharp(bytes, { limitInputPixels: false, sequentialRead: true }).metadata();
    const { width, height, pages = 1, pageHeight, orientation = 1, space, depth, hasAlpha, isProgressive } = metadata;
    return {
      format,
      width,
      height: pageHeight ?? height,
      frames: pages,
      orientation,
      colourSpace:
        space === 'cmyk'
          ? 'cmyk'
          : space.startsWith('b-w') || space === 'grey16'
            ? 'grey'
            : /^s?rgb/.test(space)
              ? 'rgb'
              : 'other',
      bitDepth: bitsOfDepth[depth] ?? 8,
      hasAlpha,
      progressive: isProgressive,
    };
  } catch (error) {
    throw damagedHeader(format.toUpperCase(), error);
  }
}

function unsupportedFormat(format: ImageFormat): PawprintError {
  return new PawprintError('IMAGE_UNSUPPORTED', {
    message: `${format.toUpperCase()} files cannot be decoded`,
    expected: 'JPEG, PNG, WebP, GIF, TIFF or AVIF content',
    received: format.toUpperCase(),
    hint: 'Convert it to JPEG or PNG.',
  });
}

function checkLimits(
  info: ImageInfo,
  { maxPixels = defaultMaxPixels, maxFrames = defaultMaxFrames }: ImageLimits,
): ImageInfo {
  if (info.width * info.height > maxPixels)
    throw new PawprintError('IMAGE_TOO_LARGE', {
      message: `the picture has ${info.width} × ${info.height} pixels`,
      expected: `at most ${maxPixels} pixels`,
      received: `${info.width * info.height} pixels`,
      hint: 'Scale it down first.',
    });
  if (info.frames > maxFrames)
    throw new PawprintError('IMAGE_TOO_LARGE', {
      message: `the animation has ${info.frames} frames`,
      expected: `at most ${maxFrames} frames`,
      received: `${info.frames} frames`,
      hint: 'Use a still picture.',
    });
  return info;
}
