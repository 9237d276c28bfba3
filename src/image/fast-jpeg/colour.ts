// Planes to interleaved RGB: JFIF's YCbCr in libjpeg's 16-bit fixed point, grey, or RGB as it is. No Node imports: this
// also runs in a browser.
import type { Plane } from './upsample.ts';

export type StoredColours = 'grey' | 'ycc' | 'rgb';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** `planes`: one for grey, else three; each at least as large as the picture. */
export function toRgb(planes: readonly Plane[], colours: StoredColours, { width, height }: Size): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  const [first, second = first, third = first] = planes;
  if (first === undefined || second === undefined || third === undefined) return data;
  let to = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const a = first.data[y * first.stride + x] ?? 0;
      const b = second.data[y * second.stride + x] ?? 0;
      const c = third.data[y * third.stride + x] ?? 0;
      if (colours === 'ycc') {
        const [cb, cr] = [b - 128, c - 128];
        // 1.402, 0.34414, 0.71414 and 1.772 times 2¹⁶.
        data[to] = toByte(a + ((91881 * cr + 32768) >> 16));
        data[to + 1] = toByte(a + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        data[to + 2] = toByte(a + ((116130 * cb + 32768) >> 16));
      } else {
        data[to] = a;
        data[to + 1] = b;
        data[to + 2] = c;
      }
      to += 3;
    }
  return data;
}

function toByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
