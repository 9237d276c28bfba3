// Antialiased resampling in integer arithmetic, the same on every machine and in a browser (no Node imports here).
// The method is Pillow's `resize(..., reducing_gap=2.0)`, to the bit: first an area mean by a whole factor, then the
// separable filter on what is left. Most of the work is the mean: one addition a pixel and channel.
import type { Pixels } from './pixels.ts';
import type { Preprocessing } from './preprocessing.ts';

export type ResizeSettings = Pick<Preprocessing, 'imageSizePx' | 'fit' | 'filter'>;

/** Fixed point of the filter weights (Pillow's PRECISION_BITS). */
const precisionBits = 22;
/** The reduced picture keeps at least this many times the target size. */
const reducingGap = 2;
/** What fills the margin of `pad`. */
const padding = 128;

export interface Resizer {
  /** Resizes to the planar record [3, S, S]: all reds, all greens, all blues. Returns `target`. */
  toRecord(pixels: Pixels, target: Uint8Array): Uint8Array;
}

/** A resizer with tables and scratch memory of its own; use one a thread. */
export function createResizer(settings: ResizeSettings): Resizer {
  const size = settings.imageSizePx;
  const kernels = new Map<string, Kernel>();
  let reduced = new Uint8Array(0);
  let rows = new Uint8Array(0);
  let sums = new Int32Array(0);

  const kernelFor = (length: number, span: number, out: number): Kernel => {
    const key = `${length}:${span}:${out}`;
    const known = kernels.get(key);
    if (known !== undefined) return known;
    if (kernels.size > 256) kernels.clear();
    const kernel = makeKernel(settings.filter, { length, span, out });
    kernels.set(key, kernel);
    return kernel;
  };

  return {
    toRecord: (pixels, target) => {
      const { crop, width, height } = placement(pixels, settings);
      const factorX = Math.max(1, Math.floor(crop.width / width / reducingGap));
      const factorY = Math.max(1, Math.floor(crop.height / height / reducingGap));
      const [rw, rh] = [Math.ceil(crop.width / factorX), Math.ceil(crop.height / factorY)];
      let source: Plane;
      if (factorX > 1 || factorY > 1) {
        if (reduced.length < rw * rh * 3) reduced = new Uint8Array(rw * rh * 3);
        if (sums.length < rw * 3) sums = new Int32Array(rw * 3);
        reduceMean(pixels, reduced, { crop, factorX, factorY, rw, rh, sums });
        source = { data: reduced, stride: rw * 3, start: 0, width: rw, height: rh };
      } else
        source = {
          data: pixels.data,
          stride: pixels.width * 3,
          start: (crop.y * pixels.width + crop.x) * 3,
          width: rw,
          height: rh,
        };
      if (rows.length < rh * width * 3) rows = new Uint8Array(rh * width * 3);
      filterRows(source, rows, kernelFor(rw, crop.width / factorX, width));
      const [left, top] = [Math.floor((size - width) / 2), Math.floor((size - height) / 2)];
      if (width < size || height < size) target.fill(padding, 0, 3 * size * size);
      filterColumns(rows, target, {
        kernel: kernelFor(rh, crop.height / factorY, height),
        width,
        height,
        size,
        left,
        top,
      });
      return target;
    },
  };
}

interface Plane {
  readonly data: Uint8Array;
  /** Bytes from one row to the next, and of the first pixel. */
  readonly stride: number;
  readonly start: number;
  readonly width: number;
  readonly height: number;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which part of the picture is used, and how large it becomes. */
function placement({ width: w, height: h }: Pixels, { fit, imageSizePx: size }: ResizeSettings) {
  switch (fit) {
    case 'stretch':
      return { crop: { x: 0, y: 0, width: w, height: h }, width: size, height: size };
    case 'crop': {
      const side = Math.min(w, h);
      const crop: Box = { x: Math.floor((w - side) / 2), y: Math.floor((h - side) / 2), width: side, height: side };
      return { crop, width: size, height: size };
    }
    case 'pad': {
      const scale = size / Math.max(w, h);
      const fitted = (length: number): number => Math.min(size, Math.max(1, Math.round(length * scale)));
      return { crop: { x: 0, y: 0, width: w, height: h }, width: fitted(w), height: fitted(h) };
    }
  }
}

interface Reduction {
  readonly crop: Box;
  readonly factorX: number;
  readonly factorY: number;
  readonly rw: number;
  readonly rh: number;
  /** Scratch: one row of sums, rw · 3. */
  readonly sums: Int32Array;
}

/** The mean of every factorX × factorY block (smaller at the right and lower edge), rounded to nearest. */
function reduceMean(
  { data, width }: Pixels,
  target: Uint8Array,
  { crop, factorX, factorY, rw, rh, sums }: Reduction,
): void {
  const whole = Math.floor(crop.width / factorX);
  for (let by = 0; by < rh; by++) {
    sums.fill(0, 0, rw * 3);
    const y0 = by * factorY;
    const blockHeight = Math.min(factorY, crop.height - y0);
    for (let y = 0; y < blockHeight; y++) {
      let from = ((crop.y + y0 + y) * width + crop.x) * 3;
      let slot = 0;
      for (let bx = 0; bx < rw; bx++) {
        const count = bx < whole ? factorX : crop.width - bx * factorX;
        let [r, g, b] = [0, 0, 0];
        for (let x = 0; x < count; x++) {
          r += data[from] ?? 0;
          g += data[from + 1] ?? 0;
          b += data[from + 2] ?? 0;
          from += 3;
        }
        sums[slot] = (sums[slot] ?? 0) + r;
        sums[slot + 1] = (sums[slot + 1] ?? 0) + g;
        sums[slot + 2] = (sums[slot + 2] ?? 0) + b;
        slot += 3;
      }
    }
    for (let bx = 0; bx < rw; bx++) {
      const area = blockHeight * (bx < whole ? factorX : crop.width - bx * factorX);
      // Pillow's integer division: (sum + area/2) · (2²⁴/area) >> 24
      const multiplier = Math.floor(16777216 / area);
      const amend = area >> 1;
      const to = (by * rw + bx) * 3;
      for (let c = 0; c < 3; c++)
        target[to + c] = Math.floor((((sums[bx * 3 + c] ?? 0) + amend) * multiplier) / 16777216);
    }
  }
}

/** Filter weights for every output position along one axis. */
interface Kernel {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `taps` weights a position, fixed point. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/** `span` is the length of the source in its own pixels where the last one may be partial (a reduced edge). */
function makeKernel(
  filter: ResizeSettings['filter'],
  { length, span, out }: { length: number; span: number; out: number },
): Kernel {
  const scale = span / out;
  const widening = Math.max(scale, 1);
  const radius = (filter === 'box' ? 0.5 : 1) * widening;
  const taps = Math.ceil(radius) * 2 + 1;
  const [starts, counts, weights] = [new Int32Array(out), new Int32Array(out), new Int32Array(out * taps)];
  for (let i = 0; i < out; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - radius + 0.5));
    const end = Math.min(length, Math.trunc(centre + radius + 0.5));
    const raw: number[] = [];
    for (let x = start; x < end; x++) raw.push(filterValue(filter, (x - centre + 0.5) / widening));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    starts[i] = start;
    counts[i] = raw.length;
    raw.forEach((weight, k) => (weights[i * taps + k] = Math.trunc(0.5 + (weight / total) * (1 << precisionBits))));
  }
  return { starts, counts, weights, taps };
}

function filterValue(filter: ResizeSettings['filter'], x: number): number {
  if (filter === 'box') return x > -0.5 && x <= 0.5 ? 1 : 0;
  return Math.abs(x) < 1 ? 1 - Math.abs(x) : 0;
}

const half = 1 << (precisionBits - 1);

/** Horizontal pass: interleaved RGB rows, narrowed to the output width. */
function filterRows(source: Plane, target: Uint8Array, kernel: Kernel): void {
  const { data, stride, start, height } = source;
  const { starts, counts, weights, taps } = kernel;
  const width = starts.length;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = start + y * stride;
    for (let x = 0; x < width; x++) {
      let from = row + (starts[x] ?? 0) * 3;
      const end = x * taps + (counts[x] ?? 0);
      let [r, g, b] = [half, half, half];
      for (let k = x * taps; k < end; k++) {
        const weight = weights[k] ?? 0;
        r += (data[from] ?? 0) * weight;
        g += (data[from + 1] ?? 0) * weight;
        b += (data[from + 2] ?? 0) * weight;
        from += 3;
      }
      // Weights are positive and sum to about 2²², so the sums stay inside 31 bits and the results inside 0–255.
      target[to] = r >> precisionBits;
      target[to + 1] = g >> precisionBits;
      target[to + 2] = b >> precisionBits;
      to += 3;
    }
  }
}

interface ColumnJob {
  readonly kernel: Kernel;
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly left: number;
  readonly top: number;
}

/** Vertical pass, taking the channels apart on the way: interleaved rows to planes of size × size. */
function filterColumns(rows: Uint8Array, target: Uint8Array, job: ColumnJob): void {
  const { kernel, width, height, size, left, top } = job;
  const { starts, counts, weights, taps } = kernel;
  const plane = size * size;
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const first = (starts[y] ?? 0) * stride;
    const end = y * taps + (counts[y] ?? 0);
    let to = (top + y) * size + left;
    for (let x = 0; x < width; x++) {
      let from = first + x * 3;
      let [r, g, b] = [half, half, half];
      for (let k = y * taps; k < end; k++) {
        const weight = weights[k] ?? 0;
        r += (rows[from] ?? 0) * weight;
        g += (rows[from + 1] ?? 0) * weight;
        b += (rows[from + 2] ?? 0) * weight;
        from += stride;
      }
      target[to] = r >> precisionBits;
      target[to + plane] = g >> precisionBits;
      target[to + 2 * plane] = b >> precisionBits;
      to++;
    }
  }
}
