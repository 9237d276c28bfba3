// What a picture looks like in numbers: brightness, contrast, sharpness, colour, information. Pure functions of pixels,
// for data checks and for watching drift. Sharpness and entropy depend on the size looked at: compare pictures only
// after shrinking them alike (`createShrinker().shrink(pixels, statisticsSidePx)`).
import { luminanceOf } from './luminance.ts';
import type { Pixels } from './pixels.ts';

/** The longer side at which pictures are compared. */
export const statisticsSidePx = 256;

export interface ImageStatistics {
  /** Mean and standard deviation of the luminance, 0 to 255. */
  readonly brightness: number;
  readonly contrast: number;
  /** Luminance that this share of the pixels does not exceed, 0 to 255. */
  readonly percentiles: {
    readonly p1: number;
    readonly p5: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
  };
  /** Variance of the Laplacian of the luminance; small is blurry. */
  readonly sharpness: number;
  /** Shannon entropy of the luminance, bits, 0 to 8. */
  readonly entropy: number;
  /** Hasler & Süsstrunk 2003: 0 grey, about 15 pale, above 80 vivid. */
  readonly colourfulness: number;
  /** Mean difference between a pixel's largest and smallest channel, 0 (grey) to 255. */
  readonly saturation: number;
  /** Share of the pixels that have the commonest colour (of 4,096: 4 bits a channel), 0 to 1. */
  readonly commonestColour: number;
  /** Mean of each channel, 0 to 255. */
  readonly means: readonly [number, number, number];
}

/** Statistics of a picture; time grows with its pixels, so give a small copy. */
export function imageStatistics(pixels: Pixels): ImageStatistics {
  const grey = new Uint8Array(pixels.width * pixels.height);
  const histogram = new Uint32Array(256);
  const colours = new Uint32Array(4096);
  const colour = measureColour(pixels, { grey, histogram, colours });
  const count = grey.length;
  const at = (share: number): number => percentile(histogram, share * count);
  return {
    ...meanAndDeviation(histogram, count),
    percentiles: { p1: at(0.01), p5: at(0.05), p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    sharpness: laplacianVariance(grey, pixels),
    entropy: entropyBits(histogram, count),
    ...colour,
    commonestColour: colours.reduce((most, frequency) => Math.max(most, frequency), 0) / count,
  };
}

interface Tallies {
  readonly grey: Uint8Array;
  readonly histogram: Uint32Array;
  readonly colours: Uint32Array;
}

/** One pass over the pixels: fills the tallies, returns what needs all three channels. */
function measureColour(
  { data }: Pixels,
  { grey, histogram, colours }: Tallies,
): Pick<ImageStatistics, 'colourfulness' | 'saturation' | 'means'> {
  let [red, green, blue, spread] = [0, 0, 0, 0];
  // rg = R − G, yb = (R + G)/2 − B: their sums and sums of squares.
  let [rg, rg2, yb, yb2] = [0, 0, 0, 0];
  const count = grey.length;
  for (let i = 0, from = 0; i < count; i++, from += 3) {
    const r = data[from] ?? 0;
    const g = data[from + 1] ?? 0;
    const b = data[from + 2] ?? 0;
    const luminance = luminanceOf(r, g, b);
    grey[i] = luminance;
    histogram[luminance] = (histogram[luminance] ?? 0) + 1;
    const bin = ((r & 0xf0) << 4) | (g & 0xf0) | (b >> 4);
    colours[bin] = (colours[bin] ?? 0) + 1;
    red += r;
    green += g;
    blue += b;
    spread += Math.max(r, g, b) - Math.min(r, g, b);
    const across = r - g;
    // Twice yb, to stay in whole numbers.
    const warm = r + g - 2 * b;
    rg += across;
    rg2 += across * across;
    yb += warm;
    yb2 += warm * warm;
  }
  const [rgMean, ybMean] = [rg / count, yb / 2 / count];
  const deviation = Math.sqrt(Math.max(0, rg2 / count - rgMean ** 2 + yb2 / 4 / count - ybMean ** 2));
  return {
    colourfulness: deviation + 0.3 * Math.hypot(rgMean, ybMean),
    saturation: spread / count,
    means: [red / count, green / count, blue / count],
  };
}

function meanAndDeviation(histogram: Uint32Array, count: number): Pick<ImageStatistics, 'brightness' | 'contrast'> {
  let [sum, squares] = [0, 0];
  histogram.forEach((frequency, level) => {
    sum += frequency * level;
    squares += frequency * level * level;
  });
  const brightness = sum / count;
  return { brightness, contrast: Math.sqrt(Math.max(0, squares / count - brightness ** 2)) };
}

/** The lowest level at or below which `wanted` pixels lie. */
function percentile(histogram: Uint32Array, wanted: number): number {
  let seen = 0;
  for (let level = 0; level < 255; level++) {
    seen += histogram[level] ?? 0;
    if (seen >= wanted) return level;
  }
  return 255;
}

/** −Σ p · log₂ p */
function entropyBits(histogram: Uint32Array, count: number): number {
  let bits = 0;
  for (const frequency of histogram) if (frequency > 0) bits -= (frequency / count) * Math.log2(frequency / count);
  return bits;
}

/** Variance of left + right + above + below − 4 · centre over the inner pixels; 0 below 3 × 3. */
export function laplacianVariance(grey: Uint8Array, { width, height }: Pick<Pixels, 'width' | 'height'>): number {
  let [sum, squares] = [0, 0];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const across = (grey[i - 1] ?? 0) + (grey[i + 1] ?? 0);
      const value = across + (grey[i - width] ?? 0) + (grey[i + width] ?? 0) - 4 * (grey[i] ?? 0);
      sum += value;
      squares += value * value;
    }
  const count = Math.max(0, width - 2) * Math.max(0, height - 2);
  return count === 0 ? 0 : Math.max(0, squares / count - (sum / count) ** 2);
}
