import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pixels } from './pixels.ts';
import { recordStatistics } from './record-statistics.ts';
import { imageStatistics } from './statistics.ts';
import { flat, gradient, noise } from './test-vectors/pictures.ts';

/** Interleaved → planar. */
function asRecord({ width, height, data }: Pixels): Uint8Array {
  const plane = width * height;
  return Uint8Array.from({ length: 3 * plane }, (_, i) => data[(i % plane) * 3 + Math.floor(i / plane)] ?? 0);
}

test('the same numbers as of the picture with the same pixels', () => {
  for (const picture of [gradient(64, 64), noise(33, 33), flat(8, 8, [200, 100, 50]), noise(2, 2), noise(1, 1)]) {
    const { brightness, contrast, sharpness, means } = imageStatistics(picture);
    assert.deepEqual(recordStatistics(asRecord(picture)), { brightness, contrast, sharpness, means });
  }
});

test('channels are told apart', () => {
  const record = Uint8Array.from({ length: 3 * 4 }, (_, i) => [10, 20, 30][Math.floor(i / 4)] ?? 0);
  assert.deepEqual(recordStatistics(record).means, [10, 20, 30]);
});

test('what is no record is refused', () => {
  for (const length of [0, 3 * 5, 13]) assert.throws(() => recordStatistics(new Uint8Array(length)), /no record/);
});
