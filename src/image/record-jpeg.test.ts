import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeImage } from './decode.ts';
import { recordToJpeg } from './record-jpeg.ts';

test('a record comes back from its JPEG as it went in, up to JPEG’s loss', async () => {
  const sizePx = 40;
  const plane = sizePx ** 2;
  const colours = [200, 90, 30];
  const record = Uint8Array.from({ length: 3 * plane }, (_, i) => (colours[Math.floor(i / plane)] ?? 0) + (i % sizePx));
  const { pixels, info } = await decodeImage(recordToJpeg(record, sizePx, 95));
  assert.deepEqual([info.format, pixels.width, pixels.height], ['jpeg', sizePx, sizePx]);
  for (let i = 0; i < plane; i++)
    for (let c = 0; c < 3; c++)
      assert.ok(Math.abs((pixels.data[3 * i + c] ?? NaN) - (record[c * plane + i] ?? NaN)) <= 6, `${i}, ${c}`);
});
