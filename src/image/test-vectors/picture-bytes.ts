// Picture files taken apart and put together by hand: what no encoder would write.
import { crc32 } from 'node:zlib';

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

/** One PNG chunk with its checksum. */
export function pngChunk(type: string, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), named, uint32(crc32(named))]);
}

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bitDepth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  readonly colourType?: number;
}

export function pngHeader({ width, height, bitDepth = 8, colourType = 2 }: PngHeader): Buffer {
  return pngChunk('IHDR', Buffer.concat([uint32(width), uint32(height), Buffer.from([bitDepth, colourType, 0, 0, 0])]));
}

/** Where the chunks of a PNG begin, and where the last one ends. */
export function pngBoundaries(bytes: Buffer): number[] {
  const found = [8];
  for (let at = 8; at + 12 <= bytes.length; found.push(at)) at += 12 + bytes.readUInt32BE(at);
  return found;
}

/** A PNG with chunks put in front of its first IDAT. */
export function withPngChunks(bytes: Buffer, ...chunks: readonly Buffer[]): Buffer {
  const at = bytes.indexOf('IDAT', 0, 'latin1') - 4;
  return Buffer.concat([bytes.subarray(0, at), ...chunks, bytes.subarray(at)]);
}

/** One JPEG segment: marker, length, data. */
export function jpegSegment(marker: number, data: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** Where the markers of a JPEG stand; entropy-coded data lies between the last of a scan and the next. */
export function jpegBoundaries(bytes: Buffer): number[] {
  const found = [0];
  for (let at = 2; at + 2 <= bytes.length;) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      at = bytes.indexOf(0xff, at + 1);
      if (at < 0) break;
      continue;
    }
    found.push(at);
    at += marker === 0xd9 ? 2 : 2 + bytes.readUInt16BE(at + 2);
  }
  return found;
}

/** A JPEG with segments put behind its first two bytes. */
export function withJpegSegments(bytes: Buffer, ...segments: readonly Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, 2), ...segments, bytes.subarray(2)]);
}

/** A JPEG whose frame header promises another size. */
export function withJpegSize(bytes: Buffer, width: number, height: number): Buffer {
  const frame = jpegBoundaries(bytes).find((at) => /^c[0-2]$/.test((bytes[at + 1] ?? 0).toString(16))) ?? 0;
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(height, frame + 5);
  copy.writeUInt16BE(width, frame + 7);
  return copy;
}

/** A TIFF field: tag, type (3 short, 4 long), count, value or offset. */
export type TiffField = readonly [tag: number, type: number, count: number, value: number];

/** A little-endian TIFF of directories one behind the other; `last` is where the last one says the next begins. */
export function tiffOf(directories: readonly (readonly TiffField[])[], last = 0): Buffer {
  const pieces = [Buffer.from('49492a0008000000', 'hex')];
  let at = 8;
  for (const [index, fields] of directories.entries()) {
    const bytes = Buffer.alloc(2 + 12 * fields.length + 4);
    bytes.writeUInt16LE(fields.length);
    for (const [i, [tag, type, count, value]] of fields.entries()) {
      const entry = 2 + 12 * i;
      bytes.writeUInt16LE(tag, entry);
      bytes.writeUInt16LE(type, entry + 2);
      bytes.writeUInt32LE(count, entry + 4);
      bytes.writeUInt32LE(value, entry + 8);
    }
    at += bytes.length;
    bytes.writeUInt32LE(index === directories.length - 1 ? last : at, bytes.length - 4);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}

/** EXIF as it stands in a JPEG's APP1 segment. */
export function exifSegment(tiff: Uint8Array): Buffer {
  return jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]));
}

/** A chunk of RIFF: name, length, data, a zero where its length is odd. */
export function riffChunk(name: string, data: Uint8Array): Buffer {
  const head = Buffer.concat([Buffer.from(name, 'latin1'), Buffer.alloc(4)]);
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** A WebP of chunks. */
export function webpOf(chunks: readonly Buffer[]): Buffer {
  return riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP', 'latin1'), ...chunks]));
}

/** An EXIF block whose only directory names itself `entries` times as its sub-directory. */
export function exifLoop(entries: number): Buffer {
  return tiffOf([Array.from({ length: entries }, () => [0x8769, 4, 1, 8] as const)], 8);
}

/**
 * A grey progressive JPEG of `sidePx` × `sidePx` pixels: one scan for its (equal) blocks, then scan after scan that changes
 * nothing, each a handful of runs over all blocks.
 */
export function scanBomb(sidePx: number, scans: number): Buffer {
  const blocks = Math.ceil(sidePx / 8) ** 2;
  const quantisation = jpegSegment(0xdb, Buffer.concat([Buffer.of(0), Buffer.alloc(64, 1)]));
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(sidePx, 1);
  frame.writeUInt16BE(sidePx, 3);
  /** A table of one code, `0`, for one symbol. */
  const table = (place: number, symbol: number): Buffer =>
    jpegSegment(0xc4, Buffer.concat([Buffer.of(place, 1), Buffer.alloc(15), Buffer.of(symbol)]));
  const scan = (from: number, to: number, data: Buffer): Buffer =>
    Buffer.concat([jpegSegment(0xda, Buffer.of(1, 1, 0, from, to, 0)), data]);
  const longestRun = 0x7fff;
  const bits = `0${'1'.repeat(14)}`.repeat(Math.ceil(blocks / longestRun));
  const coded = (bits.padEnd(Math.ceil(bits.length / 8) * 8, '1').match(/.{8}/g) ?? []).map((byte) =>
    parseInt(byte, 2),
  );
  const runs = Buffer.from(coded.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])));
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    quantisation,
    jpegSegment(0xc2, frame),
    table(0x00, 0),
    table(0x10, 0xe0),
    scan(0, 0, Buffer.alloc(Math.ceil(blocks / 8))),
    ...Array<Buffer>(scans - 1).fill(scan(1, 63, runs)),
    Buffer.of(0xff, 0xd9),
  ]);
}

/** An AVIF (by sharp, with an EXIF block) whose EXIF is another one. Throws when the file is built in another way. */
export function withAvifExif(bytes: Buffer, tiff: Uint8Array): Buffer {
  const list = bytes.indexOf('iloc', 0, 'latin1');
  // Version 0; offsets, lengths and bases of four bytes; two items, of one extent each.
  if (bytes.toString('hex', list + 4, list + 12) !== '0000000044400002') throw new Error('another list of places');
  const exif = list + 12 + 18;
  const longer = Buffer.concat([bytes, Buffer.alloc(4), tiff]);
  longer.writeUInt32BE(bytes.length, exif + 4);
  longer.writeUInt32BE(4 + tiff.length, exif + 14);
  return longer;
}
