// Where the pixels of a varied photo come from: mirror, zoom, aspect, turn and shift as one affine map around the
// centre, bilinear, edges repeated. augment.ts draws the numbers, this file moves the pixels.

/** One draw of the geometry: shifts in pixels, angle in radians. */
export interface Placement {
  readonly mirrored: boolean;
  readonly zoomX: number;
  readonly zoomY: number;
  readonly angle: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/** Of each channel: value = start + slope · pixel. */
export type Tones = readonly { readonly start: number; readonly slope: number }[];

export interface WarpJob {
  /** Planar uint8 [3, S, S]. */
  readonly record: Uint8Array;
  /** Takes float32 [3, S, S] at `offset`. */
  readonly target: Float32Array;
  readonly offset: number;
  readonly tones: Tones;
}

export interface Warper {
  /** Writes the record under source = centre + shift + diag(1/zoom) · rotation(angle) · mirror · (target − centre). */
  warp(job: WarpJob, placement: Placement): void;
}

/** A warper of S × S pictures with its own scratch memory. */
export function createWarper(size: number): Warper {
  const plane = size * size;
  const sources: Sources = {
    at: new Int32Array(plane),
    across: new Float32Array(plane),
    down: new Float32Array(plane),
  };
  return {
    warp: (job, placement) => {
      placeSources(sources, size, placement);
      job.tones.forEach((_, channel) => {
        blendChannel(sources, size, job, channel);
      });
    },
  };
}

/** Of each target pixel: the upper left of the four source pixels around its source, and how far on from it, 0–1. */
interface Sources {
  readonly at: Int32Array;
  readonly across: Float32Array;
  readonly down: Float32Array;
}

function placeSources({ at, across, down }: Sources, size: number, placement: Placement): void {
  const { angle, zoomX, zoomY, shiftX, shiftY } = placement;
  const [cos, sin, mirror] = [Math.cos(angle), Math.sin(angle), placement.mirrored ? -1 : 1];
  const [xx, xy, yx, yy] = [(mirror * cos) / zoomX, -sin / zoomX, (mirror * sin) / zoomY, cos / zoomY];
  const last = size - 1;
  const centre = last / 2;
  // Never the last row or column, so that the neighbours right and below are always there.
  const lowest = Math.max(0, last - 1);
  let i = 0;
  for (let y = 0; y < size; y++) {
    const rowX = centre + shiftX + xy * (y - centre);
    const rowY = centre + shiftY + yy * (y - centre);
    for (let x = 0; x < size; x++, i++) {
      const sourceX = Math.min(Math.max(rowX + xx * (x - centre), 0), last);
      const sourceY = Math.min(Math.max(rowY + yx * (x - centre), 0), last);
      const left = Math.min(sourceX | 0, lowest);
      const top = Math.min(sourceY | 0, lowest);
      at[i] = top * size + left;
      across[i] = sourceX - left;
      down[i] = sourceY - top;
    }
  }
}

function blendChannel({ at, across, down }: Sources, size: number, job: WarpJob, channel: number): void {
  const { record, target } = job;
  const { start, slope } = job.tones[channel] ?? { start: 0, slope: 1 };
  const plane = size * size;
  const from = channel * plane;
  const to = job.offset + from;
  for (let i = 0; i < plane; i++) {
    const here = from + (at[i] ?? 0);
    const share = across[i] ?? 0;
    const a = record[here] ?? 0;
    const b = record[here + size] ?? 0;
    const top = a + ((record[here + 1] ?? 0) - a) * share;
    const bottom = b + ((record[here + size + 1] ?? 0) - b) * share;
    // Tones are linear in the pixel, so the blend is of pixels: one look-up's worth of arithmetic, not four.
    target[to + i] = start + slope * (top + (bottom - top) * (down[i] ?? 0));
  }
}
