// Scaling a picture to the model's square input, as the preprocessing says, and to any other size. The numbers are
// those of Pillow's `Image.resize` (see resample.ts). No Node imports: this also runs in a browser.
import type { Pixels } from './pixels.ts';
import type { Preprocessing } from './preprocessing.ts';
import { type Box, createResampler, type ResampleOptions } from './resample.ts';
import type { ResampleFilter, SplitRows } from './resample-kernel.ts';

export type ResizeSettings = Pick<Preprocessing, 'imageSizePx' | 'fit' | 'filter'>;

/** What fills the margin of `pad`. */
export const paddingGrey = 128;

export interface Resizer {
  /** Resizes to the planar record [3, S, S]: all reds, all greens, all blues. Returns `target`. */
  toRecord<Target extends Uint8Array>(pixels: Pixels, target: Target): Target;
}

/** A resizer with tables and memory of its own; use one a thread. */
export function createResizer(settings: ResizeSettings): Resizer {
  const size = settings.imageSizePx;
  const resampler = createResampler(settings.filter);
  return {
    toRecord: (pixels, target) => {
      const { box, width, height } = placeInSquare(pixels, settings);
      const { data, stride } = resampler.resample(pixels, { box, width, height });
      const [left, top] = [Math.floor((size - width) / 2), Math.floor((size - height) / 2)];
      if (width < size || height < size) target.fill(paddingGrey, 0, 3 * size * size);
      for (let y = 0; y < height; y++)
        for (let channel = 0; channel < 3; channel++) {
          const from = y * stride + channel * width;
          target.set(data.subarray(from, from + width), (channel * size + top + y) * size + left);
        }
      return target;
    },
  };
}

/** Which part of a picture is used, and how large it becomes in the middle of the square. */
export function placeInSquare(
  { width, height }: Pick<Pixels, 'width' | 'height'>,
  { fit, imageSizePx: size }: ResizeSettings,
): Required<ResampleOptions> {
  const whole: Box = { x: 0, y: 0, width, height };
  switch (fit) {
    case 'stretch':
      return { box: whole, width: size, height: size };
    case 'crop': {
      const side = Math.min(width, height);
      const box = { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), width: side, height: side };
      return { box, width: size, height: size };
    }
    case 'pad':
      return { box: whole, ...fitWithin({ width, height }, size) };
  }
}

/** The size with the same shape whose longer side is `sidePx`; at least one pixel each way. */
function fitWithin(
  { width, height }: { readonly width: number; readonly height: number },
  sidePx: number,
): { width: number; height: number } {
  const scale = sidePx / Math.max(width, height);
  const fitted = (length: number): number => Math.min(sidePx, Math.max(1, Math.round(length * scale)));
  return { width: fitted(width), height: fitted(height) };
}

export interface Shrinker {
  /** The picture itself if its longer side has at most `maxSidePx`, else a smaller copy of the same shape. */
  shrink(pixels: Pixels, maxSidePx: number): Pixels;
}

/** Makes small copies: for statistics, hashes and thumbnails. Has tables and memory of its own; use one a thread. */
export function createShrinker(filter: ResampleFilter = 'bilinear'): Shrinker {
  const resampler = createResampler(filter);
  return {
    shrink: (pixels, maxSidePx) => {
      if (Math.max(pixels.width, pixels.height) <= maxSidePx) return pixels;
      const size = fitWithin(pixels, maxSidePx);
      return interleave(resampler.resample(pixels, size), size);
    },
  };
}

/** Scales one picture to width × height. For many, make a resizer or a shrinker. */
export function resizePixels(pixels: Pixels, size: ResampleOptions, filter: ResampleFilter = 'bilinear'): Pixels {
  return interleave(createResampler(filter).resample(pixels, size), size);
}

function interleave(
  { data, stride }: SplitRows,
  { width, height }: { readonly width: number; readonly height: number },
): Pixels {
  const pixels = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = y * stride;
    for (let x = 0; x < width; x++) {
      pixels[to] = data[row + x] ?? 0;
      pixels[to + 1] = data[row + width + x] ?? 0;
      pixels[to + 2] = data[row + 2 * width + x] ?? 0;
      to += 3;
    }
  }
  return { width, height, data: pixels };
}
