// The plainest PNGs (small, 8-bit RGB, nothing but pixels) without sharp: such is the known answer's picture that each
// thread of the service looks at when it starts, and sharp with libvips takes some 20 MB and much of that start.
import { crc32, inflateSync } from 'node:zlib';
import { defaultMaxPixels, defaultMaxSidePx, type ImageInfo, type ImageLimits } from './inspect.ts';
import type { Pixels } from './pixels.ts';

/** sharp is faster with large ones. */
const mostPixels = 1 << 18;
const channels = 3;

/**
 * The picture, the same as sharp's to the bit; undefined for every PNG that is not plain, is damaged or is beyond the
 * limits: sharp then knows what to make of it.
 */
export function decodePlainPng(
  bytes: Uint8Array,
  { maxPixels = defaultMaxPixels, maxSidePx = defaultMaxSidePx }: ImageLimits = {},
): { readonly pixels: Pixels; readonly info: ImageInfo } | undefined {
  const chunks = readChunks(bytes);
  if (chunks === undefined) return undefined;
  const { width, height, compressed } = chunks;
  if (width * height > Math.min(mostPixels, maxPixels) || Math.max(width, height) > maxSidePx) return undefined;
  const length = height * (1 + width * channels);
  try {
    const filtered = inflateSync(compressed, { maxOutputLength: length });
    if (filtered.length !== length) return undefined;
    const data = unfilter(filtered, width, height);
    if (data === undefined) return undefined;
    return {
      pixels: { width, height, data },
      info: {
        ...{ format: 'png', width, height, frames: 1, orientation: 1, colourSpace: 'rgb' },
        ...{ bitDepth: 8, hasAlpha: false, progressive: false },
      },
    };
  } catch {
    return undefined;
  }
}

interface Chunks {
  readonly width: number;
  readonly height: number;
  /** The IDAT chunks end to end: a zlib stream. */
  readonly compressed: Uint8Array;
}

/** IHDR of 8-bit RGB without interlacing, IDAT, IEND, each whole; a resolution (pHYs) changes no pixel. */
function readChunks(bytes: Uint8Array): Chunks | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let [width, height] = [0, 0];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length || crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) return undefined;
    const data = bytes.subarray(at + 8, end - 4);
    switch (String.fromCharCode(...bytes.subarray(at + 4, at + 8))) {
      case 'IHDR':
        // Bit depth, colour type RGB, compression, filter method, no interlacing.
        if (at !== 8 || length !== 13 || ![8, 2, 0, 0, 0].every((value, i) => data[8 + i] === value)) return undefined;
        [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
        break;
      case 'IDAT':
        parts.push(data);
        break;
      case 'pHYs':
        break;
      case 'IEND':
        return width > 0 && height > 0 ? { width, height, compressed: Buffer.concat(parts) } : undefined;
      default:
        return undefined;
    }
    at = end;
  }
  return undefined;
}

/** Each row is a filter's number and bytes as differences from left (a), above (b), above left (c): PNG, section 9. */
function unfilter(filtered: Uint8Array, width: number, height: number): Uint8Array | undefined {
  const stride = width * channels;
  const data = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (stride + 1)] ?? 0;
    if (filter > 4) return undefined;
    const row = y * stride;
    for (let x = 0; x < stride; x++) {
      const a = x >= channels ? (data[row + x - channels] ?? 0) : 0;
      const b = y > 0 ? (data[row - stride + x] ?? 0) : 0;
      const c = x >= channels && y > 0 ? (data[row - stride + x - channels] ?? 0) : 0;
      // A Uint8Array keeps the sum modulo 256, as the format wants it.
      data[row + x] = (filtered[y * (stride + 1) + 1 + x] ?? 0) + predict(filter, a, b, c);
    }
  }
  return data;
}

function predict(filter: number, a: number, b: number, c: number): number {
  if (filter === 1) return a;
  if (filter === 2) return b;
  if (filter === 3) return (a + b) >> 1;
  return filter === 4 ? paeth(a, b, c) : 0;
}

/** Whichever of the three is nearest to a + b − c, in this order. */
function paeth(a: number, b: number, c: number): number {
  const [toA, toB, toC] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (toA <= toB && toA <= toC) return a;
  return toB <= toC ? b : c;
}
