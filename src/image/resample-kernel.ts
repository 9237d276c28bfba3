// The weights of antialiased resampling along one axis, as Pillow computes them (Resample.c: precompute_coeffs and
// normalize_coeffs_8bpc). No Node imports: this also runs in a browser.
import type { Preprocessing } from './preprocessing.ts';

export type ResampleFilter = Preprocessing['filter'];

/** Fixed point of the weights: a sum of 255 · 2²² stays inside 31 bits. */
export const precisionBits = 22;
/** Half a grey level, so that the shift rounds to nearest. */
export const rounding = 1 << (precisionBits - 1);

/** Weights for every output position along one axis. */
export interface Kernel {
  /** First source position of each output position, and how many positions count. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `taps` weights an output position, fixed point; those past the count are 0. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/** Where a rectangle's bytes lie in a picture of interleaved RGB. */
export interface Source {
  readonly data: Uint8Array;
  /** Byte of the first pixel, and bytes from one row to the next. */
  readonly start: number;
  readonly stride: number;
  readonly height: number;
}

/** Resampled rows: channel c of row y begins at y · stride + c · width. Valid until the next call. */
export interface SplitRows {
  readonly data: Uint8Array;
  readonly stride: number;
}

/** Both passes of a resampling: first along the rows, then along the columns. */
export type Passes = (source: Source, columns: Kernel, rows: Kernel) => SplitRows;

/** Weights that take `from` source positions to `to` output positions. Both at least 1. */
export function makeKernel(filter: ResampleFilter, from: number, to: number): Kernel {
  const scale = from / to;
  // Enlarging, the filter keeps its own width; reducing, it covers as many source pixels as one output pixel stands for.
  const widening = Math.max(scale, 1);
  const radius = (filter === 'box' ? 0.5 : 1) * widening;
  const taps = Math.ceil(radius) * 2 + 1;
  const [starts, counts, weights] = [new Int32Array(to), new Int32Array(to), new Int32Array(to * taps)];
  const raw = new Float64Array(taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - radius + 0.5));
    const count = Math.min(from, Math.trunc(centre + radius + 0.5)) - start;
    let total = 0;
    for (let k = 0; k < count; k++) {
      raw[k] = filterValue(filter, (k + start - centre + 0.5) / widening);
      total += raw[k] ?? 0;
    }
    starts[i] = start;
    counts[i] = count;
    for (let k = 0; k < count; k++)
      weights[i * taps + k] = Math.trunc(0.5 + ((raw[k] ?? 0) / total) * (1 << precisionBits));
  }
  return { starts, counts, weights, taps };
}

function filterValue(filter: ResampleFilter, x: number): number {
  if (filter === 'box') return x > -0.5 && x <= 0.5 ? 1 : 0;
  return Math.max(0, 1 - Math.abs(x));
}
