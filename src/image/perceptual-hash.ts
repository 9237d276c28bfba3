// Perceptual hashes: 64 bits that hardly change when a photo is scaled, recompressed or made a little brighter, and
// change in about half of the bits between different photos. The signs of the low frequencies of a 32 × 32 grey copy
// (discrete cosine transform), after Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions".
import { PawprintError } from '../core/index.ts';
import { luminanceOf } from './luminance.ts';
import type { Pixels } from './pixels.ts';
import { createResampler } from './resample.ts';

/** 64 bits as two unsigned 32-bit halves. */
export interface PerceptualHash {
  readonly high: number;
  readonly low: number;
}

export interface PerceptualHasher {
  /** Hash of a picture. Pictures of one flat colour all hash to 0. */
  hash(pixels: Pixels): PerceptualHash;
  /** Hash of the picture and, out of the same sums, of its mirror image. */
  hashBothWays(pixels: Pixels): { readonly hash: PerceptualHash; readonly mirrored: PerceptualHash };
}

const side = 32;
const frequencies = 8;
/** Coefficients this close to the median (of grey levels times 32) are rounding, not picture. */
const noise = 1e-6;

/** A hasher with tables and memory of its own; use one a thread. */
export function createPerceptualHasher(): PerceptualHasher {
  const resampler = createResampler('bilinear');
  const waves = cosines();
  const grey = new Float64Array(side * side);
  const halfway = new Float64Array(side * frequencies);
  const coefficients = new Float64Array(frequencies * frequencies);

  const analyse = (pixels: Pixels): void => {
    const { data, stride } = resampler.resample(pixels, { width: side, height: side });
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const at = y * stride + x;
        grey[y * side + x] = luminanceOf(data[at] ?? 0, data[at + side] ?? 0, data[at + 2 * side] ?? 0);
      }
    transform(grey, waves, { halfway, coefficients });
  };
  return {
    hash: (pixels) => {
      analyse(pixels);
      return signsAboveMedian(coefficients);
    },
    hashBothWays: (pixels) => {
      analyse(pixels);
      const hash = signsAboveMedian(coefficients);
      // Mirrored left and right, the odd waves along x change their sign.
      const flipped = coefficients.map((value, i) => (waveNumber(i % frequencies) % 2 === 0 ? value : -value));
      return { hash, mirrored: signsAboveMedian(flipped) };
    },
  };
}

/** Waves 1 to 8: wave 0 along an axis is that axis' mean, which says little and follows brightness. */
function waveNumber(index: number): number {
  return index + 1;
}

/** waves[u][x] = cos((2x + 1)(u + 1)π / 2n) */
function cosines(): Float64Array {
  return Float64Array.from({ length: frequencies * side }, (_, i) => {
    const [u, x] = [Math.floor(i / side), i % side];
    return Math.cos(((2 * x + 1) * waveNumber(u) * Math.PI) / (2 * side));
  });
}

/** coefficients[v][u] = Σ_y Σ_x grey[y][x] · waves[u][x] · waves[v][y] */
function transform(
  grey: Float64Array,
  waves: Float64Array,
  { halfway, coefficients }: { readonly halfway: Float64Array; readonly coefficients: Float64Array },
): void {
  for (let y = 0; y < side; y++)
    for (let u = 0; u < frequencies; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += (grey[y * side + x] ?? 0) * (waves[u * side + x] ?? 0);
      halfway[y * frequencies + u] = sum;
    }
  for (let v = 0; v < frequencies; v++)
    for (let u = 0; u < frequencies; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += (halfway[y * frequencies + u] ?? 0) * (waves[v * side + y] ?? 0);
      coefficients[v * frequencies + u] = sum;
    }
}

function signsAboveMedian(coefficients: Float64Array): PerceptualHash {
  const sorted = coefficients.toSorted();
  const middle = sorted.length / 2;
  const median = ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  const half = (first: number): number => {
    let bits = 0;
    for (let i = 0; i < 32; i++) bits = (bits << 1) | ((coefficients[first + i] ?? 0) > median + noise ? 1 : 0);
    return bits >>> 0;
  };
  return { high: half(0), low: half(32) };
}

/** How many of the 64 bits differ, 0 to 64. Copies of one photo: mostly 0 to 6; different photos: about 32. */
export function hammingDistance(a: PerceptualHash, b: PerceptualHash): number {
  return countBits(a.high ^ b.high) + countBits(a.low ^ b.low);
}

/** Number of ones in 32 bits. */
export function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** 16 hexadecimal digits. */
export function hashToHex({ high, low }: PerceptualHash): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** Reads what `hashToHex` wrote. Throws MANIFEST_INVALID for anything else. */
export function hashFromHex(hex: string): PerceptualHash {
  if (!/^[0-9a-f]{16}$/.test(hex))
    throw new PawprintError('MANIFEST_INVALID', {
      message: 'a perceptual hash is not one',
      expected: '16 hexadecimal digits',
      received: JSON.stringify(hex.slice(0, 40)),
      hint: 'Prepare the data set again.',
    });
  return { high: Number.parseInt(hex.slice(0, 8), 16), low: Number.parseInt(hex.slice(8), 16) };
}
