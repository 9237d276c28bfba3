// A component's samples at the picture's size, as libjpeg does it ("fancy": triangle filters where the ratio is two,
// repetition elsewhere), to the bit. No Node imports: this also runs in a browser.
import { type Component, type Frame, NotPlain } from './frame.ts';

/** Samples with a stride, of which `width` × `height` belong to the picture. */
export interface Plane {
  readonly data: Uint8Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** At least as large as the picture. Throws NotPlain for sampling factors that do not divide. */
export function upsample(plane: Plane, { h, v }: Component, { maxH, maxV }: Frame): Plane {
  if (maxH % h !== 0 || maxV % v !== 0) throw new NotPlain('sampling factors that do not divide');
  const [across, down] = [maxH / h, maxV / v];
  if (across === 1 && down === 1) return plane;
  if (across === 2 && down === 1 && plane.width > 2) return doubleWidth(plane);
  if (across === 1 && down === 2) return doubleHeight(plane);
  if (across === 2 && down === 2 && plane.width > 2) return doubleBoth(plane);
  return repeat(plane, across, down);
}

function emptyPlane(width: number, height: number): Plane {
  return { data: new Uint8Array(width * height), stride: width, width, height };
}

/** ¾ of the nearer sample, ¼ of the farther one; rounded up and down by turns. */
function doubleWidth(from: Plane): Plane {
  const to = emptyPlane(from.width * 2, from.height);
  const last = from.width - 1;
  for (let y = 0; y < from.height; y++) {
    const row = y * from.stride;
    const at = y * to.stride;
    for (let x = 0; x <= last; x++) {
      const here = from.data[row + x] ?? 0;
      const left = x === 0 ? here : (from.data[row + x - 1] ?? 0);
      const right = x === last ? here : (from.data[row + x + 1] ?? 0);
      to.data[at + 2 * x] = (3 * here + left + 1) >> 2;
      to.data[at + 2 * x + 1] = (3 * here + right + 2) >> 2;
    }
  }
  return to;
}

/** The row that a doubled row leans on: the one above, or below; at the edge itself. */
function neighbour(y: number, height: number): number {
  const other = (y >> 1) + (y % 2 === 0 ? -1 : 1);
  return Math.min(height - 1, Math.max(0, other));
}

function doubleHeight(from: Plane): Plane {
  const to = emptyPlane(from.width, from.height * 2);
  for (let y = 0; y < to.height; y++) {
    const near = (y >> 1) * from.stride;
    const far = neighbour(y, from.height) * from.stride;
    const bias = y % 2 === 0 ? 1 : 2;
    for (let x = 0; x < from.width; x++)
      to.data[y * to.stride + x] = (3 * (from.data[near + x] ?? 0) + (from.data[far + x] ?? 0) + bias) >> 2;
  }
  return to;
}

function doubleBoth(from: Plane): Plane {
  const to = emptyPlane(from.width * 2, from.height * 2);
  const last = from.width - 1;
  for (let y = 0; y < to.height; y++) {
    const near = (y >> 1) * from.stride;
    const far = neighbour(y, from.height) * from.stride;
    const at = y * to.stride;
    const column = (x: number): number => 3 * (from.data[near + x] ?? 0) + (from.data[far + x] ?? 0);
    let left = column(0);
    let here = left;
    for (let x = 0; x <= last; x++) {
      const right = x === last ? here : column(x + 1);
      to.data[at + 2 * x] = (3 * here + left + 8) >> 4;
      to.data[at + 2 * x + 1] = (3 * here + right + 7) >> 4;
      left = here;
      here = right;
    }
  }
  return to;
}

function repeat(from: Plane, across: number, down: number): Plane {
  const to = emptyPlane(from.width * across, from.height * down);
  for (let y = 0; y < to.height; y++)
    for (let x = 0; x < to.width; x++)
      to.data[y * to.stride + x] = from.data[Math.floor(y / down) * from.stride + Math.floor(x / across)] ?? 0;
  return to;
}
