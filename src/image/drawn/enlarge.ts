// Doubling a canvas, for backgrounds out of focus.
import type { Canvas } from './canvas.ts';

/** Fills `large` with `small` at twice its size, each pixel a mix of its nearest four (weights 9, 3, 3, 1 of 16). */
export function enlarge(small: Canvas, large: Canvas): void {
  const stride = small.width * 3;
  // One row of the small picture, mixed of the nearer (3) and the farther (1), its ends repeated on both sides.
  const row = new Uint16Array(stride + 6);
  for (let y = 0; y < large.height; y++) {
    const near = (y >> 1) * stride;
    const neighbour = (y >> 1) + ((y & 1) === 0 ? -1 : 1);
    const far = Math.min(small.height - 1, Math.max(0, neighbour)) * stride;
    for (let i = 0; i < stride; i++) row[i + 3] = 3 * (small.data[near + i] ?? 0) + (small.data[far + i] ?? 0);
    row.copyWithin(0, 3, 6);
    row.copyWithin(stride + 3, stride, stride + 3);
    let at = y * large.width * 3;
    for (let x = 0; x < large.width; x++, at += 3) {
      const here = (x >> 1) * 3 + 3;
      const beside = (x & 1) === 0 ? here - 3 : here + 3;
      large.data[at] = (3 * (row[here] ?? 0) + (row[beside] ?? 0) + 8) >> 4;
      large.data[at + 1] = (3 * (row[here + 1] ?? 0) + (row[beside + 1] ?? 0) + 8) >> 4;
      large.data[at + 2] = (3 * (row[here + 2] ?? 0) + (row[beside + 2] ?? 0) + 8) >> 4;
    }
  }
}
