// What is observed of a picture, and that distances survive the projection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../core/index.ts';
import { recordStatistics } from '../../image/index.ts';
import { createPictureObserver, projectedFeatures } from './picture-observer.ts';

const record = Uint8Array.from({ length: 3 * 8 * 8 }, (_, i) => (i * 37) % 256);
const seen = { record, width: 640, height: 480, format: 'jpeg' } as const;

test('size, format, statistics of the record, and the features on sixteen axes', () => {
  const { features, ...image } = createPictureObserver()(seen, Float32Array.of(3, 0, -1));
  assert.deepEqual(image, { width: 640, height: 480, format: 'jpeg', statistics: recordStatistics(record) });
  assert.equal(features.length, projectedFeatures);
  // Each axis is ±3 ± 1, over √16.
  for (const value of features) assert.ok([0.5, 1].includes(Math.abs(value)), String(value));
  assert.deepEqual(createPictureObserver()(seen, null).features, []);
});

test('the axes are the same in every process, and other ones for another width', () => {
  const one = (width: number): readonly number[] =>
    createPictureObserver()(seen, new Float32Array(width).fill(1)).features;
  assert.deepEqual(one(50), one(50));
  assert.notDeepEqual(one(50), one(51));
});

test('distances keep their size: 200 pairs in 1,280 dimensions, their mean ratio within a tenth of 1', () => {
  const random = createRandom('projection');
  const observer = createPictureObserver();
  const draw = (): Float32Array => Float32Array.from({ length: 1280 }, () => random.uniform(-1, 1));
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Math.hypot(...Array.from(a, (value, i) => value - (b[i] ?? 0)));
  let ratio = 0;
  for (let i = 0; i < 200; i++) {
    const [a, b] = [draw(), draw()];
    ratio += distance(observer(seen, a).features, observer(seen, b).features) / distance(a, b) / 200;
  }
  assert.ok(Math.abs(ratio - 1) < 0.1, String(ratio));
});
