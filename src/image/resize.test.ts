import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pixels } from './pixels.ts';
import { createResizer, createShrinker, paddingGrey, resizePixels } from './resize.ts';
import { flat, gradient, noise } from './test-vectors/pictures.ts';

const settings = { imageSizePx: 16, filter: 'bilinear' } as const;
const planar = ({ width, height, data }: Pixels): Uint8Array =>
  Uint8Array.from(
    { length: data.length },
    (_, i) => data[(i % (width * height)) * 3 + Math.floor(i / width / height)] ?? 0,
  );

function cut({ width, data }: Pixels, left: number, top: number, side: number): Pixels {
  const rows = Array.from({ length: side }, (_, y) => {
    const from = ((top + y) * width + left) * 3;
    return data.subarray(from, from + side * 3);
  });
  return { width: side, height: side, data: Buffer.concat(rows) };
}

test('stretch: the whole picture, whatever its shape, as planes of red, green and blue', () => {
  const pixels = gradient(61, 40);
  const record = createResizer({ ...settings, fit: 'stretch' }).toRecord(pixels, new Uint8Array(3 * 16 * 16));
  assert.deepEqual(record, planar(resizePixels(pixels, { width: 16, height: 16 })));
  const corner = [0, 255, 510].map((at) => record[at] ?? 0);
  assert.ok((record[15] ?? 0) > 230 && (record[0] ?? 0) < 20, `red grows to the right: ${corner.join(' ')}`);
  assert.ok((record[256 + 240] ?? 0) > 230 && (record[256 + 15] ?? 0) < 20, 'green grows downwards');
});

for (const [width, height, left, top] of [
  [61, 40, 10, 0],
  [40, 61, 0, 10],
] as const)
  test(`crop: the centre square of ${width} × ${height}, nothing beside it`, () => {
    const pixels = noise(width, height);
    const record = createResizer({ ...settings, fit: 'crop' }).toRecord(pixels, new Uint8Array(3 * 16 * 16));
    const square = cut(pixels, left, top, 40);
    assert.deepEqual(record, planar(resizePixels(square, { width: 16, height: 16 })));
  });

test('pad: the whole picture in its shape, grey above and below or left and right', () => {
  const resizer = createResizer({ ...settings, fit: 'pad' });
  const record = new Uint8Array(3 * 16 * 16).fill(7);
  resizer.toRecord(flat(80, 40, [200, 100, 50]), record);
  const column = Array.from({ length: 16 }, (_, y) => record[y * 16 + 3]);
  assert.deepEqual(column, [
    ...Array<number>(4).fill(paddingGrey),
    ...Array<number>(8).fill(200),
    ...Array<number>(4).fill(paddingGrey),
  ]);
  resizer.toRecord(flat(40, 80, [200, 100, 50]), record);
  assert.deepEqual(
    [...record.subarray(512, 528)],
    [...Array<number>(4).fill(128), ...Array<number>(8).fill(50), ...Array<number>(4).fill(128)],
  );
});

test('the oddest shapes fit: one pixel, one row, one column, already the size', () => {
  for (const fit of ['stretch', 'crop', 'pad'] as const)
    for (const [width, height] of [
      [1, 1],
      [300, 1],
      [1, 300],
      [16, 16],
      [2, 999],
    ] as const) {
      const record = createResizer({ ...settings, fit }).toRecord(
        flat(width, height, [9, 99, 199]),
        new Uint8Array(768),
      );
      const centre = [0, 1, 2].map((channel) => record[channel * 256 + 7 * 16 + 7]);
      assert.deepEqual(centre, [9, 99, 199], `${fit} ${width} × ${height}`);
    }
});

test('a small copy keeps the shape; a picture that is small enough is returned as it is', () => {
  const shrinker = createShrinker();
  const { width, height } = shrinker.shrink(gradient(300, 200), 60);
  assert.deepEqual([width, height], [60, 40]);
  const small = gradient(60, 40);
  assert.equal(shrinker.shrink(small, 60), small);
  assert.deepEqual(shrinker.shrink(gradient(1000, 1), 10).height, 1);
});
