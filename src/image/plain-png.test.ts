// Plain PNGs are sharp's to the bit; whatever is not plain is left to sharp.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { createRandom } from '../core/index.ts';
import { encodePng } from './encode.ts';
import { decodePlainPng } from './plain-png.ts';

function picture(width: number, height: number): { width: number; height: number; data: Uint8Array } {
  const random = createRandom(width, 'png', String(height));
  // Smooth with noise, so that each filter has its uses.
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => ((i >> 3) + random.integer(40)) & 255);
  return { width, height, data };
}
const raw = ({ width, height, data }: ReturnType<typeof picture>) =>
  sharp(data, { raw: { width, height, channels: 3 } });

test('the pixels are those that were written, whatever the filters of the rows', async () => {
  for (const [width, height] of [
    [1, 1],
    [7, 3],
    [80, 60],
    [301, 97],
  ] as const)
    for (const adaptiveFiltering of [false, true]) {
      const original = picture(width, height);
      const png = await raw(original).png({ adaptiveFiltering }).toBuffer();
      const decoded = decodePlainPng(png);
      assert.deepEqual(Buffer.from(decoded?.pixels.data ?? []), Buffer.from(original.data));
      assert.deepEqual([decoded?.info.width, decoded?.info.height, decoded?.info.format], [width, height, 'png']);
      assert.ok(decodePlainPng(await encodePng(original)) !== undefined);
    }
});

test('every filter was met: a file of each by hand', async () => {
  // One row of zeros below one of 200s: what each filter makes of differences of 1.
  const { deflateSync, crc32 } = await import('node:zlib');
  const chunk = (name: string, data: Uint8Array): Buffer => {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0);
    out.write(name, 4, 'latin1');
    out.set(data, 8);
    out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
    return out;
  };
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  for (const filter of [0, 1, 2, 3, 4]) {
    const rows = Buffer.from([filter, 200, 100, 50, 1, 2, 3, filter, 1, 1, 1, 255, 255, 255]);
    const png = Buffer.concat([
      signature,
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(rows)),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    const expected = await sharp(png).raw().toBuffer();
    assert.deepEqual(Buffer.from(decodePlainPng(png)?.pixels.data ?? []), expected, `filter ${filter}`);
  }
});

test('what is not plain, not whole or too large is left to sharp', async () => {
  const small = picture(20, 10);
  const png = await raw(small).png().toBuffer();
  const variants = [
    await raw(small).png({ palette: true }).toBuffer(),
    await raw(small).png({ progressive: true }).toBuffer(),
    await raw(small).ensureAlpha().png().toBuffer(),
    await raw(small).toColourspace('rgb16').png().toBuffer(),
    await raw(small).withMetadata({ orientation: 6 }).png().toBuffer(),
    await raw(picture(600, 500)).png().toBuffer(),
    png.subarray(0, png.length - 1),
    Buffer.concat([png.subarray(0, 50), Buffer.from([1]), png.subarray(51)]),
    Buffer.alloc(0),
  ];
  for (const [i, variant] of variants.entries()) assert.equal(decodePlainPng(variant), undefined, `variant ${i}`);
  assert.equal(decodePlainPng(png, { maxPixels: 199 }), undefined);
  assert.equal(decodePlainPng(png, { maxSidePx: 19 }), undefined);
});
