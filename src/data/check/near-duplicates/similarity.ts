// The second look at two photos whose hashes are alike: one is laid over the other and compared block by block.
// Unrelated photos of one composition agree in the coarse picture, which is all that a hash sees, and photos in the same
// frame agree at their edges; only a copy agrees within most of the blocks.
import { createResizer, type Pixels } from '../../../image/index.ts';
import { alignPictures, noAlignment, warpPicture, type GreyPicture } from './alignment.ts';

/** What is compared of a photo: 64 × 64 grey values (0–255), and the mean colour. */
export interface PhotoSketch {
  readonly grey: GreyPicture;
  readonly colour: readonly [number, number, number];
}

const side = 64;
/** Blocks of 8 × 8 are compared each for itself. */
const blockSide = 8;
/** A block whose variance is below this, in grey levels², has nothing to compare (sky, a blank page). */
const flatVariance = 4;
/** With fewer blocks than this to go by, pictures count as flat. */
const fewestBlocks = 6;
/** Flat pictures are alike when no place and no mean colour differs by more than so many levels. */
const flatTolerance = 10;
/** Less in common than this share of the blocks is not the same picture. */
const minOverlap = 0.5;
/** From here on nothing needs to be aligned any better. */
const surelySame = 0.9;

/** A function that sketches photo after photo with one resizer. */
export function createSketcher(): (pixels: Pixels) => PhotoSketch {
  const resizer = createResizer({ imageSizePx: side, fit: 'stretch', filter: 'box' });
  const planes = new Uint8Array(3 * side * side);
  return (pixels) => {
    resizer.toRecord(pixels, planes);
    const plane = side * side;
    const values = new Float32Array(plane);
    const sums: [number, number, number] = [0, 0, 0];
    for (let i = 0; i < plane; i++) {
      const [r, g, b] = [planes[i] ?? 0, planes[plane + i] ?? 0, planes[2 * plane + i] ?? 0];
      values[i] = 0.299 * r + 0.587 * g + 0.114 * b;
      sums[0] += r;
      sums[1] += g;
      sums[2] += b;
    }
    return { grey: { side, values }, colour: [sums[0] / plane, sums[1] / plane, sums[2] / plane] };
  };
}

/** How far two photos show the same: 1 the same picture, about 0 unrelated ones. */
export function compareSketches(a: PhotoSketch, b: PhotoSketch): number {
  const straight = correlateBlocks(a.grey, warpPicture(b.grey, noAlignment));
  if (straight === undefined) return compareFlat(a, b);
  if (straight >= surelySame) return straight;
  // Either may be the cropped one: what lies outside the other's frame cannot be compared.
  const there = correlateBlocks(a.grey, warpPicture(b.grey, alignPictures(a.grey, b.grey))) ?? 0;
  const back = correlateBlocks(b.grey, warpPicture(a.grey, alignPictures(b.grey, a.grey))) ?? 0;
  return Math.max(straight, there, back);
}

function compareFlat(a: PhotoSketch, b: PhotoSketch): number {
  let worst = Math.max(...a.colour.map((value, channel) => Math.abs(value - (b.colour[channel] ?? 0))));
  a.grey.values.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - (b.grey.values[i] ?? 0)))));
  return worst <= flatTolerance ? 1 : 0;
}

/**
 * The mean of the blocks' correlations, over blocks that have detail in either picture; 0 where the pictures overlap
 * too little, undefined where there is next to no detail.
 */
function correlateBlocks(
  { side: size, values: left }: GreyPicture,
  { values: right, inside }: { readonly values: Float32Array; readonly inside: Uint8Array },
): number | undefined {
  let [overlapping, compared, sum] = [0, 0, 0];
  for (let top = 0; top < size; top += blockSide)
    for (let start = 0; start < size; start += blockSide) {
      const block = measureBlock(left, right, { size, at: top * size + start, inside });
      if (block === undefined) continue;
      overlapping += 1;
      if (Math.max(block.leftVariance, block.rightVariance) < flatVariance) continue;
      compared += 1;
      sum += block.covariance / Math.sqrt(Math.max(1, block.leftVariance) * Math.max(1, block.rightVariance));
    }
  if (overlapping < minOverlap * (size / blockSide) ** 2) return 0;
  return compared < fewestBlocks ? undefined : Math.max(0, sum / compared);
}

interface BlockMeasure {
  readonly leftVariance: number;
  readonly rightVariance: number;
  readonly covariance: number;
}

/** undefined for a block that is not wholly inside. */
function measureBlock(
  left: Float32Array,
  right: Float32Array,
  { size, at, inside }: { readonly size: number; readonly at: number; readonly inside: Uint8Array },
): BlockMeasure | undefined {
  let [l, r, ll, rr, lr] = [0, 0, 0, 0, 0];
  for (let y = 0; y < blockSide; y++)
    for (let i = at + y * size; i < at + y * size + blockSide; i++) {
      if (inside[i] !== 1) return undefined;
      const [a, b] = [left[i] ?? 0, right[i] ?? 0];
      l += a;
      r += b;
      ll += a * a;
      rr += b * b;
      lr += a * b;
    }
  const count = blockSide * blockSide;
  return {
    leftVariance: ll / count - (l / count) ** 2,
    rightVariance: rr / count - (r / count) ** 2,
    covariance: lr / count - (l / count) * (r / count),
  };
}
