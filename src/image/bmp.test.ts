import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PawprintError } from '../core/index.ts';
import { decodeImage } from './decode.ts';
import type { Pixels } from './pixels.ts';
import { noise } from './test-vectors/pictures.ts';

interface BmpOptions {
  readonly bits: number;
  readonly topDown?: boolean;
  readonly core?: boolean;
  readonly masks?: readonly number[];
}
const palette = [0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0xffffff, 0x808080, 0x123456, 0xfedcba];

/** A bitmap whose pixel values are `valueAt(x, y)`: palette indices, or 0xrrggbb. */
function bitmap(
  size: { readonly width: number; readonly height: number },
  valueAt: (x: number, y: number) => number,
  { bits, topDown = false, core = false, masks }: BmpOptions,
): Buffer {
  const { width, height } = size;
  const header = Buffer.alloc(core ? 26 : 54);
  const colours = bits <= 8 ? palette.slice(0, 2 ** bits) : [];
  const table = Buffer.concat(
    colours.map((rgb) => Buffer.from([rgb & 255, (rgb >> 8) & 255, rgb >> 16, 0]).subarray(0, core ? 3 : 4)),
  );
  const maskBytes = Buffer.from(Uint32Array.from(masks ?? []).buffer);
  header.write('BM', 'latin1');
  header.writeUInt32LE(header.length + maskBytes.length + table.length, 10);
  header.writeUInt32LE(header.length - 14, 14);
  if (core) {
    header.writeUInt16LE(width, 18);
    header.writeUInt16LE(height, 20);
    header.writeUInt16LE(bits, 24);
  } else {
    header.writeInt32LE(width, 18);
    header.writeInt32LE(topDown ? -height : height, 22);
    header.writeUInt16LE(bits, 28);
    header.writeUInt32LE(masks === undefined ? 0 : 3, 30);
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  const rows = Array.from({ length: height }, (_, stored) => {
    const row = Buffer.alloc(stride);
    for (let x = 0; x < width; x++) {
      const value = valueAt(x, topDown ? stored : height - 1 - stored);
      if (bits > 8) row.writeUIntLE(value, (x * bits) / 8, 3);
      else row[(x * bits) >> 3] = (row[(x * bits) >> 3] ?? 0) | (value << (8 - bits - ((x * bits) % 8)));
    }
    return row;
  });
  return Buffer.concat([header, maskBytes, table, ...rows]);
}

const picture = noise(13, 7);
const rgbAt = (x: number, y: number): number => Buffer.from(picture.data).readUIntBE((y * 13 + x) * 3, 3);
const direct = (options: BmpOptions): Buffer => bitmap(picture, rgbAt, options);
const usualMasks = [0xff0000, 0xff00, 0xff];

for (const options of [
  { bits: 24 },
  { bits: 24, topDown: true },
  { bits: 24, core: true },
  { bits: 32 },
  { bits: 32, masks: usualMasks },
])
  test(`a bitmap gives its pixels back: ${JSON.stringify(options)}`, async () => {
    const { pixels, info } = await decodeImage(direct(options));
    assert.deepEqual([info.format, info.width, info.height], ['bmp', 13, 7]);
    assert.deepEqual(pixels, picture);
  });

for (const options of [{ bits: 1 }, { bits: 4 }, { bits: 8 }, { bits: 8, core: true }])
  test(`a bitmap with a palette: ${JSON.stringify(options)}`, async () => {
    const indexAt = (x: number, y: number): number => (x * 3 + y) % Math.min(palette.length, 2 ** options.bits);
    const { pixels } = await decodeImage(bitmap(picture, indexAt, options));
    for (let y = 0; y < 7; y++)
      for (let x = 0; x < 13; x++)
        assert.equal(Buffer.from(pixels.data).readUIntBE((y * 13 + x) * 3, 3), palette[indexAt(x, y)], `${x}, ${y}`);
  });

test('a cut-off bitmap is refused, or grey where rows are missing', async () => {
  const bytes = direct({ bits: 24 });
  for (const length of [26, 40, 60, bytes.length - 1])
    await assert.rejects(decodeImage(bytes.subarray(0, length)), { code: 'IMAGE_UNREADABLE' }, String(length));
  await assert.rejects(decodeImage(bytes.subarray(0, -1)), { message: /truncated/, received: '6 of 7 rows' });
  const { pixels } = await decodeImage(bytes.subarray(0, -1), { tolerateTruncation: true });
  const topRow = (from: Pixels): number[] => [...from.data.subarray(0, 39)];
  assert.deepEqual(topRow(pixels), Array<number>(39).fill(128), 'rows are stored from the bottom');
  assert.deepEqual(pixels.data.subarray(39), picture.data.subarray(39));
});

test('kinds that are not read are named; huge sizes are refused before decoding', async () => {
  const sixteen = direct({ bits: 24 });
  sixteen.writeUInt16LE(16, 28);
  await assert.rejects(decodeImage(sixteen), { code: 'IMAGE_UNSUPPORTED', received: '16 bits a pixel' });
  const compressed = direct({ bits: 24 });
  compressed.writeUInt32LE(1, 30);
  await assert.rejects(decodeImage(compressed), { code: 'IMAGE_UNSUPPORTED', received: 'compression 1' });
  await assert.rejects(decodeImage(direct({ bits: 32, masks: usualMasks.toReversed() })), {
    code: 'IMAGE_UNSUPPORTED',
  });
  const huge = direct({ bits: 24 });
  huge.writeInt32LE(30_000, 18);
  huge.writeInt32LE(-30_000, 22);
  await assert.rejects(decodeImage(huge), { code: 'IMAGE_TOO_LARGE' });
});

test('whatever bytes a bitmap is made of, there is a picture or a PawprintError', async () => {
  const whole = direct({ bits: 24 });
  const changes = fc.array(fc.tuple(fc.integer({ min: 2, max: 60 }), fc.nat(255)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(changes, fc.nat(whole.length), async (edits, length) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of edits) bytes[at] = value;
      const options = { maxPixels: 100_000, tolerateTruncation: true };
      await decodeImage(bytes.subarray(0, length), options).catch((error: unknown) => {
        assert.ok(error instanceof PawprintError, String(error));
      });
    }),
    { numRuns: 300, seed: 1 },
  );
});
