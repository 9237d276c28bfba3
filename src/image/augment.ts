// Random variations of a training photo, fused with normalisation: one pass from uint8 record to float32 tensor.
// Everything random comes from the Random passed in, so the same seed gives the same bytes.
import { z } from 'zod';
import type { Random } from '../core/index.ts';
import { createWarper, type Tones } from './augment-warp.ts';
import type { Preprocessing } from './preprocessing.ts';

const share = z.number().min(0).max(1);

export const augmentationSchema = z.strictObject({
  flipProbability: share.default(0.5).describe('probability of mirroring left and right'),
  shiftFraction: share.max(0.5).default(0.1).describe('farthest shift, as a share of the side; edges are repeated'),
  scaleFraction: share.max(0.9).default(0.15).describe('zoom between 1 − this and 1 + this (bilinear)'),
  aspectFraction: share.default(0).describe('width against height, between 1 / (1 + this) and 1 + this'),
  rotationDegrees: z.number().min(0).max(180).default(0).describe('largest turn to either side, degrees'),
  brightness: share.default(0.1).describe('largest change of brightness, as a share of the full range'),
  contrast: share.default(0.15).describe('contrast factor between 1 − this and 1 + this'),
  saturation: share.default(0).describe('colourfulness factor between 1 − this and 1 + this'),
  tint: share.default(0).describe('gain of each colour channel on its own, between 1 − this and 1 + this'),
  cutoutFraction: share
    .max(0.9)
    .default(0)
    .describe('side of a square that is blanked, as a share of the side; 0: none'),
});

/** Strengths of the variations; 0 turns one off. */
export type Augmentation = Readonly<z.infer<typeof augmentationSchema>>;

/** No variation at all. */
export const noAugmentation: Augmentation = {
  flipProbability: 0,
  shiftFraction: 0,
  scaleFraction: 0,
  aspectFraction: 0,
  rotationDegrees: 0,
  brightness: 0,
  contrast: 0,
  saturation: 0,
  tint: 0,
  cutoutFraction: 0,
};

export interface Augmenter {
  /** Reads a planar record [3, S, S], writes float32 [3, S, S] at `offset` of `target`, normalised. */
  apply(record: Uint8Array, random: Random, target: Float32Array, offset: number): void;
}

/** An augmenter with its own scratch memory; use one a thread. */
export function createAugmenter(settings: Augmentation, preprocessing: Preprocessing): Augmenter {
  const size = preprocessing.imageSizePx;
  const warper = createWarper(size);
  return {
    apply: (record, random, target, offset) => {
      // Every draw is made whatever the settings, so that changing one does not move the others.
      const mirrored = random.next() < settings.flipProbability;
      const zoom = 1 + settings.scaleFraction * random.uniform(-1, 1);
      const stretch = (1 + settings.aspectFraction) ** (random.uniform(-1, 1) / 2);
      const angle = ((settings.rotationDegrees * Math.PI) / 180) * random.uniform(-1, 1);
      const shiftX = settings.shiftFraction * size * random.uniform(-1, 1);
      const shiftY = settings.shiftFraction * size * random.uniform(-1, 1);
      const brightness = 255 * settings.brightness * random.uniform(-1, 1);
      const contrast = 1 + settings.contrast * random.uniform(-1, 1);
      const saturation = 1 + settings.saturation * random.uniform(-1, 1);
      const tint = [random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1)];
      const [cutX, cutY] = [random.next(), random.next()];
      const gains = tint.map((t) => 1 + settings.tint * t);
      const tones = tonesFor(preprocessing, { brightness, contrast, gains });
      // Without zoom and turn, whole pixels are moved: nothing is blended, no sharpness lost.
      const blended = settings.scaleFraction > 0 || settings.aspectFraction > 0 || settings.rotationDegrees > 0;
      const [dx, dy] = blended ? [shiftX, shiftY] : [Math.round(shiftX), Math.round(shiftY)];
      const placement = { mirrored, zoomX: zoom * stretch, zoomY: zoom / stretch, angle, shiftX: dx, shiftY: dy };
      warper.warp({ record, target, offset, tones }, placement);
      if (settings.saturation > 0) saturate(target, offset, preprocessing, saturation);
      if (settings.cutoutFraction > 0) cutOut(target, offset, { size, fraction: settings.cutoutFraction, cutX, cutY });
    },
  };
}

/** value = (contrast·(gain·p − 128) + 128 + brightness − mean) / std, as start + slope·p. */
function tonesFor(
  { mean, std }: Preprocessing,
  { brightness, contrast, gains }: { brightness: number; contrast: number; gains: readonly number[] },
): Tones {
  return ([0, 1, 2] as const).map((c) => ({
    start: (128 * (1 - contrast) + brightness - mean[c]) / std[c],
    slope: (contrast * (gains[c] ?? 1)) / std[c],
  }));
}

/** p ← grey + factor·(p − grey), grey = 0.299 R + 0.587 G + 0.114 B (BT.601), on normalised values. */
function saturate(
  target: Float32Array,
  offset: number,
  { imageSizePx, mean, std }: Preprocessing,
  factor: number,
): void {
  const plane = imageSizePx * imageSizePx;
  const [red, green, blue] = [0.299 * std[0], 0.587 * std[1], 0.114 * std[2]];
  const base = 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2];
  const [shareR, shareG, shareB] = [(1 - factor) / std[0], (1 - factor) / std[1], (1 - factor) / std[2]];
  for (let at = offset; at < offset + plane; at++) {
    const [r, g, b] = [target[at] ?? 0, target[at + plane] ?? 0, target[at + 2 * plane] ?? 0];
    const grey = base + red * r + green * g + blue * b;
    target[at] = factor * r + shareR * (grey - mean[0]);
    target[at + plane] = factor * g + shareG * (grey - mean[1]);
    target[at + 2 * plane] = factor * b + shareB * (grey - mean[2]);
  }
}

/** Blanks a square (0 after normalisation: the mean colour), DeVries & Taylor 2017. */
function cutOut(
  target: Float32Array,
  offset: number,
  { size, fraction, cutX, cutY }: { size: number; fraction: number; cutX: number; cutY: number },
): void {
  const side = Math.round(fraction * size);
  const [left, top] = [Math.floor(cutX * size - side / 2), Math.floor(cutY * size - side / 2)];
  const [x0, x1] = [Math.max(0, left), Math.min(size, left + side)];
  const [y0, y1] = [Math.max(0, top), Math.min(size, top + side)];
  for (let channel = 0; channel < 3; channel++)
    for (let y = y0; y < y1; y++) {
      const row = offset + (channel * size + y) * size;
      target.fill(0, row + x0, row + x1);
    }
}
