import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPreprocessor } from '../../image/index.ts';
import { mapOntoPhoto, peakOf, seenPart } from './photo-map.ts';

const imageSizePx = 32;
const filter = 'bilinear' as const;

test('what the model saw at a place of its record lies over that place of the photo, whatever the fit', () => {
  for (const fit of ['stretch', 'crop', 'pad'] as const)
    for (const [width, height] of [
      [64, 64],
      [200, 90],
      [70, 161],
    ] as const) {
      const settings = { imageSizePx, fit, filter };
      // A black photo with a white spot right of and below its middle, inside what `crop` keeps.
      const shorter = Math.min(width, height);
      const [spotX, spotY] = [width / 2 + 0.2 * shorter, height / 2 + 0.3 * shorter];
      const data = new Uint8Array(3 * width * height);
      for (let i = 0; i < width * height; i++) {
        const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
        if (Math.hypot(x - spotX, y - spotY) < shorter / 12) data.fill(255, 3 * i, 3 * i + 3);
      }
      const record = createPreprocessor(settings).recordFromPixels({ width, height, data });
      const values = Float32Array.from(record.subarray(0, imageSizePx ** 2), (value) => (value === 128 ? 0 : value));
      const target = { width: 2 * width, height: 2 * height };
      const map = { values, width: imageSizePx, height: imageSizePx };
      const peak = peakOf(mapOntoPhoto(map, { photo: { width, height }, settings, target }));
      // The record has no finer places than its pixels.
      const pixel = (fit === 'crop' ? shorter : Math.max(width, height)) / imageSizePx;
      const off = Math.hypot((peak?.x ?? NaN) * width - spotX, (peak?.y ?? NaN) * height - spotY);
      assert.ok(off <= pixel + 1, `${fit} ${width} × ${height}: ${off} pixels off`);
    }
});

test('crop: nothing is said of the margins that the model did not see, and everything of the middle', () => {
  const photo = { width: 100, height: 50 };
  const settings = { imageSizePx, fit: 'crop', filter } as const;
  assert.deepEqual(seenPart(photo, settings), { left: 0.25, top: 0, width: 0.5, height: 1 });
  const map = { values: Float32Array.of(1, 1, 1, 1), width: 2, height: 2 };
  const { values } = mapOntoPhoto(map, { photo, settings, target: photo });
  values.forEach((value, i) => {
    assert.equal(value, i % 100 >= 25 && i % 100 < 75 ? 1 : 0);
  });
  for (const fit of ['stretch', 'pad'] as const)
    assert.deepEqual(seenPart(photo, { ...settings, fit }), { left: 0, top: 0, width: 1, height: 1 });
});

test('between the centres of two cells the map is blended, beyond them it is level', () => {
  const photo = { width: 8, height: 1 };
  const settings = { imageSizePx, fit: 'stretch', filter } as const;
  const map = { values: Float32Array.of(0, 8), width: 2, height: 1 };
  const { values } = mapOntoPhoto(map, { photo, settings, target: photo });
  assert.deepEqual([...values], [0, 0, 1, 3, 5, 7, 8, 8]);
});

test('the peak is the middle of the hottest pixel, of all of them when several are equal, null without any heat', () => {
  const peak = (...values: number[]): ReturnType<typeof peakOf> =>
    peakOf({ values: Float32Array.from(values), width: 2, height: 2 });
  assert.deepEqual(peak(0, 1, 0, 5), { x: 0.75, y: 0.75 });
  assert.deepEqual(peak(3, 3, 0, 0), { x: 0.5, y: 0.25 });
  assert.equal(peak(0, -1, -2, 0), null);
});
