import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../core/index.ts';
import { createCanvas, fillContours, maskContours, type Contour, type Paint } from './canvas.ts';

const white: Paint = { from: [255, 255, 255], to: [255, 255, 255], dx: 0, dy: 0, offset: 0, opacity: 1 };
const square = (x: number, y: number, side: number): Contour => [x, y, x + side, y, x + side, y + side, x, y + side];

function reds(width: number, height: number, contours: readonly Contour[], paint = white): number[][] {
  const canvas = createCanvas(width, height);
  fillContours(canvas, contours, paint);
  assert.ok(
    canvas.scratch.every((value) => value === 0),
    'the scratch is clean for the next shape',
  );
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => canvas.data[(y * width + x) * 3] ?? -1),
  );
}

test('a pixel gets the share of it that is covered', () => {
  assert.deepEqual(reds(4, 3, [square(0.5, 0.75, 2)]), [
    [32, 64, 32, 0],
    [128, 255, 128, 0],
    [96, 191, 96, 0],
  ]);
});

test('slanted edges cover as much as geometry says, whichever way round and wherever they leave the picture', () => {
  const random = createRandom(1);
  for (let i = 0; i < 200; i++) {
    const corners = Array.from({ length: 6 }, () => random.uniform(-8, 24));
    const covered = maskContours(createCanvas(16, 16), [corners]).data.reduce((sum, value) => sum + value / 255, 0);
    // The share of a fine grid of points inside the triangle and the picture.
    const [ax = 0, ay = 0, bx = 0, by = 0, cx = 0, cy = 0] = corners;
    const side = (px: number, py: number, [ux, uy, vx, vy]: readonly [number, number, number, number]): boolean =>
      (vx - ux) * (py - uy) - (vy - uy) * (px - ux) > 0;
    let inside = 0;
    for (let y = 0; y < 128; y++)
      for (let x = 0; x < 128; x++) {
        const [px, py] = [(x + 0.5) / 8, (y + 0.5) / 8];
        const [a, b, c] = [
          side(px, py, [ax, ay, bx, by]),
          side(px, py, [bx, by, cx, cy]),
          side(px, py, [cx, cy, ax, ay]),
        ];
        if (a === b && b === c) inside++;
      }
    assert.ok(Math.abs(covered - inside / 64) < 1.2, `triangle ${i}: ${covered} against ${inside / 64}`);
  }
});

test('shapes outside the picture or without area paint nothing', () => {
  for (const contour of [square(-9, 0, 3), square(50, 1, 3), square(0, -9, 2), [1, 1, 3, 3], [2, 2], []])
    assert.deepEqual(reds(4, 4, [contour]).flat(), new Array(16).fill(0));
});

test('opacity, gradient and clip each take their part', () => {
  assert.deepEqual(reds(2, 1, [square(0, 0, 2)], { ...white, opacity: 0.5 }), [[128, 128]]);
  const ramp: Paint = { from: [0, 0, 0], to: [200, 0, 0], dx: 0.25, dy: 0, offset: 0, opacity: 1 };
  assert.deepEqual(reds(5, 1, [square(0, 0, 5)], ramp), [[0, 50, 100, 150, 200]]);
  const canvas = createCanvas(3, 1);
  const clip = maskContours(canvas, [square(1, 0, 1)]);
  fillContours(canvas, [square(0, 0, 3)], white, clip);
  assert.deepEqual([canvas.data[0], canvas.data[3], canvas.data[6]], [0, 255, 0]);
});
