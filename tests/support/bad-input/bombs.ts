// Small files that would be large, slow or endless to decode. Each is refused, or decoded in bounded time.
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import {
  exifLoop,
  exifSegment,
  jpegSegment,
  pngChunk,
  pngHeader,
  pngSignature,
  riffChunk,
  scanBomb,
  type TiffField,
  tiffOf,
  webpOf,
  withAvifExif,
  withJpegSegments,
  withJpegSize,
  withPngChunks,
} from '../../../src/image/test-vectors/picture-bytes.ts';

/** By name: the file, and whether it must be refused as too large (413); else it is answered as offline. */
export interface Bomb {
  readonly name: string;
  readonly bytes: Buffer;
  readonly tooLarge?: true;
}

const png = (header: Parameters<typeof pngHeader>[0], rows: Buffer): Buffer =>
  Buffer.concat([pngSignature, pngHeader(header), pngChunk('IDAT', rows), pngChunk('IEND')]);

/** What a TIFF of one strip says of itself. */
const tiffFields = (width: number, height: number): TiffField[] => [
  [256, 4, 1, width],
  [257, 4, 1, height],
  [258, 3, 1, 8],
  [259, 3, 1, 1],
  [262, 3, 1, 1],
  [273, 4, 1, 8],
  [277, 3, 1, 1],
  [278, 4, 1, height],
  [279, 4, 1, width * height],
];

const uint24 = (value: number): number[] => [value & 255, (value >> 8) & 255, value >> 16];

/** An animated WebP: a canvas, and the same lossless frame again and again. */
function animatedWebp(frame: Buffer, canvas: readonly [number, number], frames: number): Buffer {
  const header = riffChunk('VP8X', Buffer.from([2, 0, 0, 0, ...uint24(canvas[0] - 1), ...uint24(canvas[1] - 1)]));
  const place = Buffer.from([0, 0, 0, 0, 0, 0, ...uint24(15), ...uint24(15), 10, 0, 0, 0]);
  const each = riffChunk('ANMF', Buffer.concat([place, frame]));
  return webpOf([header, riffChunk('ANIM', Buffer.alloc(6)), ...Array<Buffer>(frames).fill(each)]);
}

/** A GIF's frame of one pixel. */
const gifFrame = Buffer.from('2c0000000001000100000202440100', 'hex');

export async function bombs(pictures: ReadonlyMap<string, Buffer>): Promise<Bomb[]> {
  const picture = (name: string): Buffer => pictures.get(name) ?? Buffer.alloc(0);
  const small = { width: 16, height: 16, channels: 3, background: 'red' } as const;
  const frame = (await sharp({ create: small }).webp({ lossless: true }).toBuffer()).subarray(12);
  const avif = await sharp({ create: small })
    .avif({ effort: 0 })
    .withExif({ IFD0: { Artist: 'nobody' } })
    .toBuffer();
  const wideAvif = Buffer.from(avif);
  const size = wideAvif.indexOf('ispe', 0, 'latin1');
  wideAvif.writeUInt32BE(30_000, size + 8);
  wideAvif.writeUInt32BE(30_000, size + 12);
  const gif = picture('GIF');
  const wideGif = Buffer.from(gif);
  const descriptor = wideGif.indexOf(Buffer.from('2c00000000', 'hex'), 13);
  for (const at of [6, 8, descriptor + 5, descriptor + 7]) wideGif.writeUInt16LE(30_000, at);
  const manyFrames = (count: number): Buffer =>
    Buffer.concat([gif.subarray(0, -1), ...Array<Buffer>(count).fill(gifFrame), Buffer.of(0x3b)]);
  const text = Buffer.concat([Buffer.from('a\0\0', 'latin1'), deflateSync(Buffer.alloc(20 << 20))]);
  const frameControl = (sequence: number): Buffer => {
    const data = Buffer.alloc(26);
    data.writeUInt32BE(sequence);
    data.writeUInt32BE(1, 4);
    data.writeUInt32BE(1, 8);
    return pngChunk('fcTL', data);
  };
  const apng = [
    pngChunk('acTL', Buffer.from('0000ffff00000000', 'hex')),
    ...Array.from({ length: 3000 }, (_, i) => frameControl(i)),
  ];
  const profile = Buffer.alloc(40_000, 0xff);
  const zeros = deflateSync(Buffer.alloc((30_000 / 8 + 1) * 30_000), { level: 9 });
  return [
    {
      name: 'a 100-kB PNG of 30,000 × 30,000 zeros',
      bytes: png({ width: 30_000, height: 30_000, bitDepth: 1, colourType: 0 }, zeros),
      tooLarge: true,
    },
    {
      name: 'the header of a PNG of 30,000 × 30,000',
      bytes: Buffer.concat([
        pngSignature,
        pngHeader({ width: 30_000, height: 30_000 }),
        pngChunk('IDAT', Buffer.alloc(20)),
      ]),
      tooLarge: true,
    },
    { name: 'a JPEG of 65,500 × 65,500', bytes: withJpegSize(picture('JPEG'), 65_500, 65_500), tooLarge: true },
    {
      name: 'a progressive JPEG of 65,500 × 65,500',
      bytes: withJpegSize(picture('progressive JPEG'), 65_500, 65_500),
      tooLarge: true,
    },
    { name: 'a GIF of 30,000 × 30,000', bytes: wideGif, tooLarge: true },
    { name: 'an animated WebP of 16,000 × 16,000', bytes: animatedWebp(frame, [16_000, 16_000], 1), tooLarge: true },
    { name: 'a TIFF of 30,000 × 30,000', bytes: tiffOf([tiffFields(30_000, 30_000)]), tooLarge: true },
    { name: 'an AVIF of 30,000 × 30,000', bytes: wideAvif, tooLarge: true },
    { name: 'a GIF of 5,000 frames', bytes: manyFrames(5000), tooLarge: true },
    { name: 'a GIF of 900 frames', bytes: manyFrames(900) },
    { name: 'a WebP of 1,500 frames', bytes: animatedWebp(frame, [16, 16], 1500), tooLarge: true },
    { name: 'a WebP of 900 frames', bytes: animatedWebp(frame, [16, 16], 900) },
    { name: 'an APNG of 3,000 frames', bytes: withPngChunks(picture('PNG'), Buffer.concat(apng)) },
    {
      name: 'a TIFF of 5,000 directories',
      bytes: tiffOf(Array.from({ length: 5000 }, () => tiffFields(8, 8))),
      tooLarge: true,
    },
    { name: 'a TIFF whose directory is the next one too', bytes: tiffOf([tiffFields(8, 8)], 8) },
    {
      name: 'a TIFF of 65,535 samples a pixel',
      bytes: tiffOf([tiffFields(6000, 6000).map((field) => (field[0] === 277 ? [277, 3, 1, 65_535] : field))]),
    },
    { name: 'a JPEG of 4,000 × 4,000 and 1,000 scans', bytes: scanBomb(4000, 1000), tooLarge: true },
    { name: 'a JPEG of 100,000 scans', bytes: scanBomb(64, 100_000), tooLarge: true },
    { name: 'a JPEG of 2,000 × 2,000 and 100 scans', bytes: scanBomb(2000, 100) },
    {
      name: 'EXIF directories that name each other in a CMYK JPEG',
      bytes: withJpegSegments(picture('CMYK JPEG'), exifSegment(exifLoop(5400))),
    },
    {
      name: 'EXIF directories that name each other in a PNG',
      bytes: withPngChunks(picture('PNG'), pngChunk('eXIf', exifLoop(65_000))),
    },
    { name: 'EXIF directories that name each other in an AVIF', bytes: withAvifExif(avif, exifLoop(5400)) },
    {
      name: '200 MB of text in a PNG',
      bytes: withPngChunks(picture('PNG'), ...Array<Buffer>(10).fill(pngChunk('zTXt', text))),
    },
    { name: 'a colour profile of 20 MB in a PNG', bytes: withPngChunks(picture('PNG'), pngChunk('iCCP', text)) },
    {
      name: 'a broken colour profile in a CMYK JPEG',
      bytes: withJpegSegments(
        picture('CMYK JPEG'),
        jpegSegment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), profile])),
      ),
    },
    {
      name: 'a PNG with a thousand times its pixels',
      bytes: png({ width: 16, height: 16 }, deflateSync(Buffer.alloc(49 * 16 * 1000))),
    },
    {
      name: '20,000 comments in a JPEG',
      bytes: withJpegSegments(
        picture('JPEG'),
        Buffer.concat(Array<Buffer>(20_000).fill(jpegSegment(0xfe, Buffer.from('hello')))),
      ),
    },
  ];
}
