// Random variations of a training photo, fused with normalisation: one pass from uint8 record to float32 tensor.
// Everything random comes from the Random passed in, so the same seed gives the same bytes.
import { z } from 'zod';
import type { Random } from '../core/index.ts';
import type { Preprocessing } from './preprocessing.ts';

const share = z.number().min(0).max(1);

export const augmentationSchema = z.strictObject({
  flipProbability: share.default(0.5).describe('probability of mirroring left and right'),
  shiftFraction: share.max(0.5).default(0.1).describe('farthest shift, as a share of the side; edges are repeated'),
  scaleFraction: share.max(0.9).default(0.15).describe('zoom between 1 − this and 1 + this (bilinear)'),
  brightness: share.default(0.1).describe('largest change of brightness, as a share of the full range'),
  contrast: share.default(0.15).describe('contrast factor between 1 − this and 1 + this'),
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
  brightness: 0,
  contrast: 0,
  cutoutFraction: 0,
};

export interface Augmenter {
  /** Reads a planar record [3, S, S], writes float32 [3, S, S] at `offset` of `target`, normalised. */
  apply(record: Uint8Array, random: Random, target: Float32Array, offset: number): void;
}

/** An augmenter with its own scratch memory; use one a thread. */
export function createAugmenter(settings: Augmentation, preprocessing: Preprocessing): Augmenter {
  const size = preprocessing.imageSizePx;
  const plane = size * size;
  const tones = new Float32Array(3 * 256);
  const columns = createAxis(size);
  const rows = createAxis(size);

  return {
    apply: (record, random, target, offset) => {
      // Every draw is made whatever the settings, so that changing one does not move the others.
      const mirrored = random.next() < settings.flipProbability;
      const zoom = 1 + settings.scaleFraction * random.uniform(-1, 1);
      const shiftX = settings.shiftFraction * size * random.uniform(-1, 1);
      const shiftY = settings.shiftFraction * size * random.uniform(-1, 1);
      const brightness = 255 * settings.brightness * random.uniform(-1, 1);
      const contrast = 1 + settings.contrast * random.uniform(-1, 1);
      const [cutX, cutY] = [random.next(), random.next()];
      fillTones(tones, preprocessing, { brightness, contrast });
      // Without zoom, whole pixels are moved: half the time of blending neighbours.
      const blended = settings.scaleFraction > 0;
      const place = (shift: number): number => (blended ? shift : Math.round(shift));
      placeAxis(columns, { zoom, shift: place(shiftX), mirrored });
      placeAxis(rows, { zoom, shift: place(shiftY), mirrored: false });
      const writePlane = blended ? blendPlane : copyPlane;
      for (let channel = 0; channel < 3; channel++) {
        const at = channel * plane;
        writePlane(record, target, { from: at, to: offset + at, channel, tones, columns, rows });
      }
      if (settings.cutoutFraction > 0) cutOut(target, offset, { size, fraction: settings.cutoutFraction, cutX, cutY });
    },
  };
}

/** For each output position along one axis: the two source positions and how much of the second. */
interface Axis {
  readonly near: Int32Array;
  readonly far: Int32Array;
  readonly share: Float32Array;
}

function createAxis(size: number): Axis {
  return { near: new Int32Array(size), far: new Int32Array(size), share: new Float32Array(size) };
}

function placeAxis(axis: Axis, { zoom, shift, mirrored }: { zoom: number; shift: number; mirrored: boolean }): void {
  const size = axis.near.length;
  const centre = (size - 1) / 2;
  for (let i = 0; i < size; i++) {
    const at = Math.min(Math.max((i - centre) / zoom + centre + shift, 0), size - 1);
    const low = Math.floor(at);
    const slot = mirrored ? size - 1 - i : i;
    axis.near[slot] = low;
    axis.far[slot] = Math.min(low + 1, size - 1);
    axis.share[slot] = at - low;
  }
}

/** tones[channel·256 + p] = (contrast·(p − 128) + 128 + brightness − mean) / std */
function fillTones(
  tones: Float32Array,
  { mean, std }: Preprocessing,
  { brightness, contrast }: { brightness: number; contrast: number },
): void {
  for (let channel = 0; channel < 3; channel++) {
    const scale = contrast / (std[channel] ?? 1);
    const start = (128 * (1 - contrast) + brightness - (mean[channel] ?? 0)) / (std[channel] ?? 1);
    for (let p = 0; p < 256; p++) tones[channel * 256 + p] = p * scale + start;
  }
}

interface PlaneJob {
  readonly from: number;
  readonly to: number;
  readonly channel: number;
  readonly tones: Float32Array;
  readonly columns: Axis;
  readonly rows: Axis;
}

function copyPlane(record: Uint8Array, target: Float32Array, job: PlaneJob): void {
  const { tones, columns, rows } = job;
  const size = rows.near.length;
  const tone = job.channel * 256;
  let out = job.to;
  for (let y = 0; y < size; y++) {
    const row = job.from + (rows.near[y] ?? 0) * size;
    for (let x = 0; x < size; x++) target[out++] = tones[tone + (record[row + (columns.near[x] ?? 0)] ?? 0)] ?? 0;
  }
}

function blendPlane(record: Uint8Array, target: Float32Array, job: PlaneJob): void {
  const { tones, columns, rows } = job;
  const size = rows.near.length;
  // Tones are linear in the pixel, so blending pixels first needs one look-up's worth of arithmetic, not four.
  const start = tones[job.channel * 256] ?? 0;
  const slope = (tones[job.channel * 256 + 1] ?? 0) - start;
  let out = job.to;
  for (let y = 0; y < size; y++) {
    const upper = job.from + (rows.near[y] ?? 0) * size;
    const lower = job.from + (rows.far[y] ?? 0) * size;
    const down = rows.share[y] ?? 0;
    for (let x = 0; x < size; x++) {
      const near = columns.near[x] ?? 0;
      const far = columns.far[x] ?? 0;
      const along = columns.share[x] ?? 0;
      const a = record[upper + near] ?? 0;
      const b = record[lower + near] ?? 0;
      const top = a + ((record[upper + far] ?? 0) - a) * along;
      const bottom = b + ((record[lower + far] ?? 0) - b) * along;
      target[out++] = start + slope * (top + (bottom - top) * down);
    }
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
