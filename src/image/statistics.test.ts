import assert from 'node:assert/strict';
import { test } from 'node:test';
import { luminanceOf } from './luminance.ts';
import type { Pixels } from './pixels.ts';
import { imageStatistics } from './statistics.ts';
import { flat, gradient, noise } from './test-vectors/pictures.ts';
import { resizePixels } from './resize.ts';

const close = (actual: number, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} ≠ ${expected}`);

test('a flat colour: no contrast, no information, one colour', () => {
  const statistics = imageStatistics(flat(20, 10, [200, 100, 50]));
  const luminance = luminanceOf(200, 100, 50);
  assert.deepEqual(statistics, {
    brightness: luminance,
    contrast: 0,
    percentiles: { p1: luminance, p5: luminance, p50: luminance, p95: luminance, p99: luminance },
    sharpness: 0,
    entropy: 0,
    colourfulness: 0.3 * Math.hypot(100, 100),
    saturation: 150,
    commonestColour: 1,
    means: [200, 100, 50],
  });
});

test('half black, half white: the numbers can be worked out by hand', () => {
  const data = Uint8Array.from({ length: 10 * 10 * 3 }, (_, i) => (i < 150 ? 0 : 255));
  const statistics = imageStatistics({ width: 10, height: 10, data });
  close(statistics.brightness, 127.5);
  close(statistics.contrast, 127.5);
  close(statistics.entropy, 1);
  close(statistics.commonestColour, 0.5);
  close(statistics.colourfulness, 0);
  assert.deepEqual(statistics.percentiles, { p1: 0, p5: 0, p50: 0, p95: 255, p99: 255 });
  // Of the 8 × 8 inner pixels two rows see the edge, with +255 and −255.
  close(statistics.sharpness, (2 * 8 * 255 ** 2) / 64);
});

test('grey pictures have no colour, vivid ones have', () => {
  const grey = noise(30, 30);
  const levelled = { ...grey, data: grey.data.map((_, i) => grey.data[i - (i % 3)] ?? 0) };
  close(imageStatistics(levelled).colourfulness, 0);
  close(imageStatistics(levelled).saturation, 0);
  assert.ok(imageStatistics(gradient()).colourfulness > 40);
});

test('blurring lowers sharpness, darkening brightness, fog contrast', () => {
  const sharp = noise(100, 80);
  const mapped = (change: (value: number) => number): Pixels => ({ ...sharp, data: sharp.data.map(change) });
  const blurred = resizePixels(resizePixels(sharp, { width: 25, height: 20 }), { width: 100, height: 80 });
  const plain = imageStatistics(sharp);
  assert.ok(imageStatistics(blurred).sharpness < plain.sharpness / 20);
  assert.ok(imageStatistics(mapped((value) => value / 4)).brightness < plain.brightness / 3);
  assert.ok(imageStatistics(mapped((value) => 200 + value / 8)).contrast < plain.contrast / 6);
});

test('pictures of one pixel, one row or one column have statistics', () => {
  for (const [width, height] of [
    [1, 1],
    [50, 1],
    [1, 50],
    [2, 2],
  ] as const) {
    const statistics = imageStatistics(noise(width, height));
    const { percentiles, means, ...numbers } = statistics;
    const all = [...Object.values(numbers), ...Object.values(percentiles), ...means];
    assert.ok(all.length >= 14 && all.every(Number.isFinite), all.join(' '));
    assert.equal(statistics.sharpness, 0);
  }
});

test('luminance is 255 for white and 0 for black', () => {
  assert.deepEqual([luminanceOf(0, 0, 0), luminanceOf(255, 255, 255), luminanceOf(7, 7, 7)], [0, 255, 7]);
});
