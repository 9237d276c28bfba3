// What a picture file says of itself, before a single pixel is decoded; and the limits that are enforced there.
import { PawprintError } from '../core/index.ts';
import { readBmpHeader } from './bmp.ts';
import { maxJpegScans, readJpegHeader } from './jpeg-header.ts';
import { leanFile } from './lean-file.ts';
import { loadSharp } from './sharp-loader.ts';
import { type ImageFormat, lacksEnding, sniffFormat } from './sniff.ts';

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
  /** Pixels of one frame, of an AVIF half as many; more are refused before decoding. */
  readonly maxPixels?: number;
  /** Pixels of the longer side. */
  readonly maxSidePx?: number;
  readonly maxFrames?: number;
}

/** 50 megapixels: above every phone's default mode, far below what exhausts memory (150 MB as RGB). */
export const defaultMaxPixels = 50_000_000;
/**
 * Of the pixels allowed, so many in an AVIF: its decoder holds the whole picture several times over (50 megapixels, in a
 * file of a kilobyte, took 850 MB).
 */
const avifShare = 0.5;
/** JPEG's own limit. A line of a million pixels is no photo, and scaling it would take memory by its length. */
export const defaultMaxSidePx = 65_535;
export const defaultMaxFrames = 1000;

const acceptedFormats = 'JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP content';

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
    expected: acceptedFormats,
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
  if (header === undefined || header.width === 0 || header.height === 0) throw damagedHeader(bytes, 'jpeg');
  if (header.scans > maxJpegScans)
    throw tooLarge('the JPEG picture has too many scans', `at most ${maxJpegScans} scans`, `more than ${maxJpegScans}`);
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

function damagedHeader(bytes: Uint8Array, format: ImageFormat, cause?: unknown): PawprintError {
  const name = format.toUpperCase();
  return new PawprintError('IMAGE_UNREADABLE', {
    message: lacksEnding(bytes, format)
      ? `the ${name} picture is truncated`
      : `the header of the ${name} picture is damaged`,
    expected: `a whole ${name} file`,
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
  if (format === 'bmp') return inspectBmp(bytes);
  if (format === 'heif') throw unsupportedHeif();
  try {
    const sharp = await loadSharp();
    const lean = leanFile(bytes, format);
    const metadata = await sharp(lean.bytes, { limitInputPixels: false, sequentialRead: true }).metadata();
    const { width, height, pages = 1, pageHeight, space, depth, hasAlpha, isProgressive } = metadata;
    return {
      format,
      width,
      height: pageHeight ?? height,
      frames: pages,
      orientation: lean.orientation ?? metadata.orientation ?? 1,
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
    throw damagedHeader(bytes, format, error);
  }
}

function inspectBmp(bytes: Uint8Array): ImageInfo {
  const { width, height } = readBmpHeader(bytes);
  return {
    format: 'bmp',
    width,
    height,
    frames: 1,
    orientation: 1,
    colourSpace: 'rgb',
    bitDepth: 8,
    hasAlpha: false,
    progressive: false,
  };
}

function unsupportedHeif(): PawprintError {
  return new PawprintError('IMAGE_UNSUPPORTED', {
    message: 'HEIC photos cannot be decoded',
    expected: acceptedFormats,
    received: 'HEIF content with HEVC compression',
    hint: 'Convert it to JPEG; on an iPhone: Settings, Camera, Formats, Most Compatible.',
  });
}

function checkLimits(info: ImageInfo, limits: ImageLimits): ImageInfo {
  const { format, width, height, frames } = info;
  const { maxPixels = defaultMaxPixels, maxSidePx = defaultMaxSidePx, maxFrames = defaultMaxFrames } = limits;
  const size = `${width} × ${height} pixels`;
  const mostPixels = format === 'avif' ? Math.floor(maxPixels * avifShare) : maxPixels;
  if (width * height > mostPixels)
    throw tooLarge(`the picture has ${size}`, `at most ${mostPixels} pixels`, `${width * height} pixels`);
  if (Math.max(width, height) > maxSidePx)
    throw tooLarge(`the picture has ${size}`, `sides of at most ${maxSidePx} pixels`, size);
  if (frames > maxFrames)
    throw tooLarge(`the animation has ${frames} frames`, `at most ${maxFrames} frames`, `${frames} frames`);
  return info;
}

function tooLarge(message: string, expected: string, received: string): PawprintError {
  return new PawprintError('IMAGE_TOO_LARGE', { message, expected, received, hint: 'Use a smaller copy of it.' });
}
