// Decoding through sharp: every format but plain JPEG, and JPEGs that libjpeg-turbo will not take (CMYK, damaged).
import { PawprintError } from '../core/index.ts';
import { defaultMaxPixels, type ImageInfo, type ImageLimits } from './inspect.ts';
import { leanFile } from './lean-file.ts';
import type { Pixels } from './pixels.ts';
import { loadSharp } from './sharp-loader.ts';
import { lacksEnding } from './sniff.ts';
import { upright } from './upright.ts';

export interface DecodeOptions extends ImageLimits {
  /** Take what there is of a picture that ends too early, instead of refusing it. */
  readonly tolerateTruncation?: boolean;
}

/** What lies under transparent pixels: mid grey, so that neither dark nor light subjects vanish, and as in `pad`. */
const background = { r: 128, g: 128, b: 128 };

/** Decodes upright to 8-bit RGB. Throws IMAGE_UNREADABLE. */
export async function decodeGeneral(bytes: Uint8Array, info: ImageInfo, options: DecodeOptions): Promise<Pixels> {
  try {
    const sharp = await loadSharp();
    const { data, info: result } = await sharp(leanFile(bytes, info.format).bytes, {
      failOn: options.tolerateTruncation === true ? 'none' : strictness(info),
      // The header was checked already; this holds even if sharp should read another size out of it.
      limitInputPixels: options.maxPixels ?? defaultMaxPixels,
      // Colour profiles are left alone, as in the JPEG fast path; without one, CMYK has no meaning as RGB.
      ignoreIcc: info.colourSpace !== 'cmyk',
      sequentialRead: true,
      pages: 1,
    })
      .flatten({ background })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const rgb = result.channels === 3 ? data : widen(data, result.channels);
    return upright({ width: result.width, height: result.height, data: rgb }, info.orientation);
  } catch (error) {
    throw unreadable(bytes, info, error);
  }
}

/**
 * Warnings of the JPEG decoder are missing data (strewn bytes do not count); those of others are also odd metadata.
 */
function strictness({ format }: ImageInfo): 'warning' | 'error' {
  return format === 'jpeg' ? 'warning' : 'error';
}

/** Grey (with or without alpha) or RGBA as RGB. */
function widen(data: Uint8Array, channels: number): Uint8Array {
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * channels + (channels < 3 ? 0 : c)] ?? 0;
  return rgb;
}

/** How the decoders say that data is missing. */
const truncationWords =
  /truncat|premature|end of (file|stream|image)|not enough|unexpected end|out of order read|no data/i;

function unreadable(bytes: Uint8Array, { format }: ImageInfo, error: unknown): PawprintError {
  const name = format.toUpperCase();
  const reason = error instanceof Error ? error.message : String(error);
  const truncated = truncationWords.test(reason) || lacksEnding(bytes, format);
  return new PawprintError('IMAGE_UNREADABLE', {
    message: truncated ? `the ${name} picture is truncated` : `the ${name} picture is damaged`,
    expected: `a whole ${name} file`,
    received: reason.split('\n')[0] ?? '',
    hint: 'Copy the file again, or remove it.',
    cause: error,
  });
}
