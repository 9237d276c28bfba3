// Turning pictures by their EXIF orientation.
import type { Pixels } from './pixels.ts';

/** Where the first output pixel comes from, and how far one step right and one step down go, in source pixels. */
interface Walk {
  readonly first: number;
  readonly right: number;
  readonly down: number;
}

function walkFor(orientation: number, w: number, h: number): Walk | undefined {
  switch (orientation) {
    case 2:
      return { first: w - 1, right: -1, down: w };
    case 3:
      return { first: w * h - 1, right: -1, down: -w };
    case 4:
      return { first: (h - 1) * w, right: 1, down: -w };
    case 5:
      return { first: 0, right: w, down: 1 };
    case 6:
      return { first: (h - 1) * w, right: -w, down: 1 };
    case 7:
      return { first: w * h - 1, right: -w, down: -1 };
    case 8:
      return { first: w - 1, right: w, down: -1 };
    default:
      return undefined;
  }
}

/** Whether this orientation swaps width and height. */
export function swapsSides(orientation: number): boolean {
  return orientation >= 5 && orientation <= 8;
}

/** The picture turned by its EXIF orientation, 1 (upright already: returned as it is) to 8. */
export function upright(pixels: Pixels, orientation: number): Pixels {
  const { width, height, data } = pixels;
  const walk = walkFor(orientation, width, height);
  if (walk === undefined) return pixels;
  const [outWidth, outHeight] = swapsSides(orientation) ? [height, width] : [width, height];
  const out = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < outHeight; y++) {
    let from = (walk.first + y * walk.down) * 3;
    for (let x = 0; x < outWidth; x++) {
      out[to] = data[from] ?? 0;
      out[to + 1] = data[from + 1] ?? 0;
      out[to + 2] = data[from + 2] ?? 0;
      to += 3;
      from += walk.right * 3;
    }
  }
  return { width: outWidth, height: outHeight, data: out };
}
