// Antialiased separable resampling of 8-bit RGB: Pillow's `Image.resize`, to the bit, on every machine and in a
// browser (no Node imports). Rows first, then columns, each rounded to 8 bits. The passes exist twice: here, to be
// read and to fall back on, and in resample-simd.ts, where they run on vectors.
import type { Pixels } from './pixels.ts';
import {
  type Kernel,
  makeKernel,
  type Passes,
  precisionBits,
  type ResampleFilter,
  rounding,
  type Source,
  type SplitRows,
} from './resample-kernel.ts';
import { createSimdPasses } from './resample-simd.ts';

/** A rectangle of a picture, in whole pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ResampleOptions {
  /** The part of the picture that is used; all of it unless told. */
  readonly box?: Box;
  readonly width: number;
  readonly height: number;
}

export interface Resampler {
  /** Scales a picture, or a part of it, to width × height. */
  resample(pixels: Pixels, options: ResampleOptions): SplitRows;
}

/** Kernels of that many sizes are remembered; photos of one collection come in few sizes. */
const rememberedKernels = 256;

/** A resampler with tables and memory of its own; use one a thread. `simd: false` forces the plain passes. */
export function createResampler(filter: ResampleFilter, { simd = true }: { readonly simd?: boolean } = {}): Resampler {
  const kernels = new Map<string, Kernel>();
  const passes = (simd ? createSimdPasses() : undefined) ?? createPlainPasses();
  const kernelFor = (from: number, to: number): Kernel => {
    const key = `${from}:${to}`;
    const known = kernels.get(key);
    if (known !== undefined) return known;
    if (kernels.size >= rememberedKernels) kernels.clear();
    const kernel = makeKernel(filter, from, to);
    kernels.set(key, kernel);
    return kernel;
  };
  return {
    resample: (pixels, { box = { x: 0, y: 0, width: pixels.width, height: pixels.height }, width, height }) => {
      const stride = pixels.width * 3;
      const source = { data: pixels.data, start: box.y * stride + box.x * 3, stride, height: box.height };
      return passes(source, kernelFor(box.width, width), kernelFor(box.height, height));
    },
  };
}

function createPlainPasses(): Passes {
  let narrowed = new Uint8Array(0);
  let scaled = new Uint8Array(0);
  return (source, columns, rows) => {
    const stride = columns.starts.length * 3;
    if (narrowed.length < source.height * stride) narrowed = new Uint8Array(source.height * stride);
    if (scaled.length < rows.starts.length * stride) scaled = new Uint8Array(rows.starts.length * stride);
    filterRows(source, narrowed, columns);
    filterColumns(narrowed, scaled, stride, rows);
    return { data: scaled, stride };
  };
}

/** Horizontal pass: interleaved RGB rows to narrower rows, channels apart. */
function filterRows({ data, start, stride, height }: Source, target: Uint8Array, kernel: Kernel): void {
  const { starts, counts, weights, taps } = kernel;
  const width = starts.length;
  for (let y = 0; y < height; y++) {
    const row = start + y * stride;
    const to = y * width * 3;
    for (let x = 0; x < width; x++) {
      let from = row + (starts[x] ?? 0) * 3;
      const end = x * taps + (counts[x] ?? 0);
      let [r, g, b] = [rounding, rounding, rounding];
      for (let k = x * taps; k < end; k++) {
        const weight = weights[k] ?? 0;
        r = (r + (data[from] ?? 0) * weight) | 0;
        g = (g + (data[from + 1] ?? 0) * weight) | 0;
        b = (b + (data[from + 2] ?? 0) * weight) | 0;
        from += 3;
      }
      target[to + x] = toByte(r);
      target[to + width + x] = toByte(g);
      target[to + 2 * width + x] = toByte(b);
    }
  }
}

/** Vertical pass over rows of `stride` bytes. */
function filterColumns(rows: Uint8Array, target: Uint8Array, stride: number, kernel: Kernel): void {
  const { starts, counts, weights, taps } = kernel;
  for (let y = 0; y < starts.length; y++) {
    const first = (starts[y] ?? 0) * stride;
    const end = y * taps + (counts[y] ?? 0);
    for (let x = 0; x < stride; x++) {
      let from = first + x;
      let sum = rounding;
      for (let k = y * taps; k < end; k++) {
        sum = (sum + (rows[from] ?? 0) * (weights[k] ?? 0)) | 0;
        from += stride;
      }
      target[y * stride + x] = toByte(sum);
    }
  }
}

/** Rounded weights may add up to a little more than one: 255 must not become 256. */
function toByte(sum: number): number {
  return Math.min(255, sum >> precisionBits);
}
