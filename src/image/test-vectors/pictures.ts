// Small pictures for the tests of this folder, encoded in every way that photos come in.
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../pixels.ts';

/** A smooth picture without symmetry: red grows to the right, green downwards, blue with both. */
export function gradient(width = 60, height = 40): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set([(x * 255) / width, (y * 255) / height, ((x + y) * 127) / (width + height)], (y * width + x) * 3);
  return { width, height, data };
}

/** Pixels that follow no pattern, the same for the same seed. */
export function noise(width: number, height: number, seed = 1): Pixels {
  let state = seed;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, data };
}

/** One colour all over. */
export function flat(width: number, height: number, colour: readonly [number, number, number]): Pixels {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3] ?? 0) };
}

/** The pixels, ready to be encoded by sharp. */
export function asSharp({ width, height, data }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Frames one below the other, as sharp takes animations: the picture, then its negative. */
export function asAnimation({ width, height, data }: Pixels): Sharp {
  const frames = Buffer.concat([data, data.map((value) => 255 - value)]);
  return sharp(frames, { raw: { width, height: 2 * height, channels: 3, pageHeight: height } });
}

/** Mean and largest absolute difference of two pictures of one size, in grey levels. */
export function difference(a: Pixels, b: Pixels): { readonly mean: number; readonly largest: number } {
  let [sum, largest] = [0, 0];
  a.data.forEach((value, i) => {
    const apart = Math.abs(value - (b.data[i] ?? 0));
    sum += apart;
    largest = Math.max(largest, apart);
  });
  return { mean: sum / a.data.length, largest };
}

/** A PNG of that many black pixels, whose size on disk hardly grows with them. */
export function pngBomb(width: number, height: number): Buffer {
  const chunk = (type: string, content: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8); // 8 bits, grey
  const rows = deflateSync(Buffer.alloc((width + 1) * 100), { level: 9 });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
