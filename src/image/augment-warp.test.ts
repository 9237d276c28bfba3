import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWarper, type Placement } from './augment-warp.ts';

const still: Placement = { mirrored: false, zoomX: 1, zoomY: 1, angle: 0, shiftX: 0, shiftY: 0 };
const plain = { start: 0, slope: 1 };

/** Warps a one-channel picture (the other two are black) of 4 × 4 pixels. */
function warped(pixels: readonly number[], change: Partial<Placement>, tone = plain): number[] {
  const record = Uint8Array.from({ length: 48 }, (_, i) => pixels[i] ?? 0);
  const target = new Float32Array(50).fill(-1);
  createWarper(4).warp({ record, target, offset: 1, tones: [tone, plain, plain] }, { ...still, ...change });
  assert.deepEqual([target[0], target[49]], [-1, -1], 'written outside the picture');
  return [...target.subarray(1, 17)];
}

// prettier-ignore
const picture = [
   1,  2,  3,  4,
   5,  6,  7,  8,
   9, 10, 11, 12,
  13, 14, 15, 16,
];

test('bit for bit: nothing, a mirror, whole and half shifts, tones', () => {
  assert.deepEqual(warped(picture, {}), picture);
  // prettier-ignore
  assert.deepEqual(warped(picture, { mirrored: true }), [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9, 16, 15, 14, 13]);
  // prettier-ignore
  assert.deepEqual(warped(picture, { shiftX: 1, shiftY: -1 }), [2, 3, 4, 4, 2, 3, 4, 4, 6, 7, 8, 8, 10, 11, 12, 12]);
  // prettier-ignore
  assert.deepEqual(warped(picture, { shiftX: 0.5 }), [1.5, 2.5, 3.5, 4, 5.5, 6.5, 7.5, 8, 9.5, 10.5, 11.5, 12, 13.5, 14.5, 15.5, 16]);
  assert.deepEqual(
    warped(picture, {}, { start: 0.5, slope: 2 }),
    picture.map((p) => 2 * p + 0.5),
  );
});

test('zoom is of each axis on its own: twice as wide leaves the rows alone', () => {
  // prettier-ignore
  assert.deepEqual(warped(picture, { zoomX: 2 }), [1.75, 2.25, 2.75, 3.25, 5.75, 6.25, 6.75, 7.25, 9.75, 10.25, 10.75, 11.25, 13.75, 14.25, 14.75, 15.25]);
  // prettier-ignore
  assert.deepEqual(warped(picture, { zoomY: 2 }), [4, 5, 6, 7, 6, 7, 8, 9, 8, 9, 10, 11, 10, 11, 12, 13]);
});

test('a quarter turn moves columns to rows, four of them are none', () => {
  const turned = warped(picture, { angle: Math.PI / 2 });
  [4, 8, 12, 16, 3, 7, 11, 15, 2, 6, 10, 14, 1, 5, 9, 13].forEach((expected, i) => {
    assert.ok(Math.abs((turned[i] ?? 0) - expected) < 1e-4, `${turned[i]} at ${i}`);
  });
  let again = picture;
  for (let i = 0; i < 4; i++) again = warped(again, { angle: Math.PI / 2 }).map(Math.round);
  assert.deepEqual(again, picture);
});
