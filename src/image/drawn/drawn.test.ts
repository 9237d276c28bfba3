import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import sharp from 'sharp';
import { createRandom } from '../../core/index.ts';
import { drawAnimal, drawingVersion, drawSample, type AnimalLabel } from './index.ts';
import { stances } from './body.ts';
import { blob, ellipse, fluffy, limb, smooth } from './shapes.ts';

const labels: readonly AnimalLabel[] = ['cat', 'dog'];

test('the same seed, label and index give the same bytes, others give other pictures', () => {
  const draw = (seed: number, label: AnimalLabel, index: number): string =>
    createHash('sha256')
      .update(drawSample({ label, seed, index, sizePx: 64 }))
      .digest('hex');
  const once = [draw(1, 'cat', 0), draw(1, 'cat', 1), draw(1, 'dog', 0), draw(2, 'cat', 0)];
  assert.equal(new Set(once).size, 4);
  assert.deepEqual([draw(1, 'cat', 0), draw(1, 'cat', 1), draw(1, 'dog', 0), draw(2, 'cat', 0)], once);
});

test('a changed drawing has a new version: the pixels of version 1 are known', () => {
  const hash = createHash('sha256');
  for (const label of labels)
    for (let i = 0; i < 12; i++)
      hash.update(drawAnimal({ label, random: createRandom('known', label, i), sizePx: 96 }).data);
  assert.deepEqual(
    [drawingVersion, hash.digest('hex')],
    [1, '34ee232ad38e572fca0e5181b02664d30bb8caed5a4163a7aa2c0aac3404459c'],
  );
});

test('a sample is a JPEG of 140 to 500 pixels a side, as wide against high as photos are', async () => {
  const widths = new Set<number>();
  for (let index = 0; index < 12; index++) {
    const { format, width, height } = await sharp(drawSample({ label: 'dog', seed: 3, index })).metadata();
    assert.equal(format, 'jpeg');
    assert.ok(Math.min(width, height) >= 140 && Math.max(width, height) <= 500, `${width} × ${height}`);
    assert.ok(width / height >= 0.66 && width / height <= 1.51);
    widths.add(width);
  }
  assert.ok(widths.size > 6);
});

test('sizePx is the longer side, down to the smallest and up to large', () => {
  for (const sizePx of [32, 700]) {
    const { width, height, data } = drawAnimal({ label: 'cat', random: createRandom(1), sizePx });
    assert.equal(Math.max(width, height), sizePx);
    assert.equal(data.length, width * height * 3);
  }
});

/** The best that any threshold on one number can do at telling the classes apart, either way round. */
function bestThreshold(cats: readonly number[], dogs: readonly number[]): number {
  const all = [...cats.map((value) => ({ value, dog: 0 })), ...dogs.map((value) => ({ value, dog: 1 }))];
  all.sort((a, b) => a.value - b.value);
  let [best, catsBelow, dogsBelow] = [0, 0, 0];
  for (const { dog } of all) {
    if (dog === 1) dogsBelow++;
    else catsBelow++;
    const right = (catsBelow + dogs.length - dogsBelow) / all.length;
    best = Math.max(best, right, 1 - right);
  }
  return best;
}

test('neither size, brightness, colour, contrast nor where it is bright tells cats from dogs', () => {
  const statistics: Record<string, [number[], number[]]> = {};
  const add = (name: string, dog: number, value: number): void => {
    (statistics[name] ??= [[], []])[dog === 1 ? 1 : 0].push(value);
  };
  for (let i = 0; i < 300; i++) {
    const dog = i % 2;
    const label = dog === 1 ? 'dog' : 'cat';
    const { width, height, data } = drawAnimal({ label, random: createRandom('statistics', label, i) });
    const sums = new Float64Array(8);
    for (let p = 0; p < width * height; p += 3) {
      const [r, g, b] = [data[3 * p] ?? 0, data[3 * p + 1] ?? 0, data[3 * p + 2] ?? 0];
      const grey = (r + g + b) / 3;
      const upper = p < (width * height) / 2;
      const middle = Math.abs((p % width) / width - 0.5) < 0.25;
      [
        r,
        g,
        b,
        grey,
        grey ** 2,
        upper ? grey : -grey,
        middle ? grey : -grey,
        Math.max(r, g, b) - Math.min(r, g, b),
      ].forEach((value, k) => (sums[k] = (sums[k] ?? 0) + value));
    }
    const [r = 0, g = 0, b = 0, grey = 0, squares = 0, upper = 0, middle = 0, chroma = 0] = sums.map(
      (sum) => sum / Math.ceil((width * height) / 3),
    );
    const named = { width, height, aspect: width / height, grey, red: r, green: g, blue: b, redness: r - g, chroma };
    const measures = { ...named, contrast: Math.sqrt(squares - grey ** 2), upper, middle };
    for (const [name, value] of Object.entries(measures)) add(name, dog, value);
  }
  for (const [name, [cats, dogs]] of Object.entries(statistics)) {
    assert.equal(cats.length + dogs.length, 300);
    const right = bestThreshold(cats, dogs);
    assert.ok(right <= 0.62, `a threshold on ${name} gets ${(100 * right).toFixed(1)} % right`);
  }
});

test('every stance is drawn, and outlines stay finite where points coincide', () => {
  assert.equal(stances.length, 5);
  const random = createRandom(1);
  const line = limb([
    [1, 1, 0.5],
    [1, 1, 0.5],
    [2, 1, 0],
  ]);
  const rim = fluffy([...smooth([[0, 0]]), ...ellipse(0, 0, [0, 0])], { length: 0.1, spacing: 0.01 }, random);
  for (const [x, y] of [...line, ...rim, ...blob(0, 0, 1, random)]) assert.ok(Number.isFinite(x) && Number.isFinite(y));
});
