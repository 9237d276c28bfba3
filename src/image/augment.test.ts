import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../core/index.ts';
import { type Augmentation, augmentationSchema, createAugmenter, noAugmentation } from './augment.ts';
import type { Preprocessing } from './preprocessing.ts';
import { tensorFromRecord } from './record.ts';
import { noise } from './test-vectors/pictures.ts';

const size = 16;
const plane = size * size;
const preprocessing: Preprocessing = {
  imageSizePx: size,
  fit: 'stretch',
  filter: 'bilinear',
  mean: [120, 110, 100],
  std: [60, 50, 40],
};
/** mean 0, std 1: the tensor is the record. */
const bare: Preprocessing = { ...preprocessing, mean: [0, 0, 0], std: [1, 1, 1] };
const record = noise(size, size).data;

function augmented(change: Partial<Augmentation>, { seed = 1, settings = bare, from = record } = {}): Float32Array {
  const target = new Float32Array(3 * plane);
  createAugmenter({ ...noAugmentation, ...change }, settings).apply(from, createRandom(seed), target, 0);
  return target;
}
const mirrored = (values: ArrayLike<number>): number[] =>
  Array.from({ length: 3 * plane }, (_, i) => values[i - (i % size) + (size - 1 - (i % size))] ?? 0);

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, within = 1e-4): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++)
    assert.ok(Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN)) <= within, `at ${i}: ${actual[i]} ≠ ${expected[i]}`);
}

test('everything off is plain normalisation', () => {
  const expected = new Float32Array(3 * plane);
  tensorFromRecord(record, preprocessing, expected, 0);
  assertClose(augmented({}, { settings: preprocessing }), expected);
});

test('the same seed gives the same bytes, another one others; the default settings all do something', () => {
  const defaults = augmentationSchema.parse({});
  assert.deepEqual(augmented(defaults, { seed: 5 }), augmented(defaults, { seed: 5 }));
  assert.notDeepEqual(augmented(defaults, { seed: 5 }), augmented(defaults, { seed: 6 }));
});

test('one augmenter gives the same whatever came before', () => {
  const defaults = augmentationSchema.parse({ cutoutFraction: 0.3 });
  const augmenter = createAugmenter(defaults, preprocessing);
  const [first, again] = [new Float32Array(3 * plane), new Float32Array(3 * plane)];
  augmenter.apply(record, createRandom(1), first, 0);
  augmenter.apply(noise(size, size, 9).data, createRandom(2), again, 0);
  augmenter.apply(record, createRandom(1), again, 0);
  assert.deepEqual(again, first);
});

test('flipProbability 1 mirrors, 0.5 mirrors about half', () => {
  assertClose(augmented({ flipProbability: 1 }), mirrored(record));
  let flipped = 0;
  for (let seed = 0; seed < 200; seed++) if (augmented({ flipProbability: 0.5 }, { seed })[0] !== record[0]) flipped++;
  assert.ok(flipped > 70 && flipped < 130, String(flipped));
});

test('a shift moves by whole pixels, at most the fraction, and repeats the edge', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const out = augmented({ shiftFraction: 0.25 }, { seed });
    const [dx, dy] = findShift(out);
    seen.add(`${dx},${dy}`);
    assert.ok(Math.abs(dx) <= 4 && Math.abs(dy) <= 4);
  }
  assert.ok(seen.size > 20, `${seen.size} different shifts`);
});

/** The shift under which the output is the record with its edges repeated. */
function findShift(out: Float32Array): [number, number] {
  const clamp = (v: number): number => Math.min(size - 1, Math.max(0, v));
  for (let dy = -5; dy <= 5; dy++)
    for (let dx = -5; dx <= 5; dx++) {
      const shifted = (i: number): number => {
        const [x, y] = [i % size, Math.floor((i % plane) / size)];
        return record[Math.floor(i / plane) * plane + clamp(y + dy) * size + clamp(x + dx)] ?? 0;
      };
      if (out.every((value, i) => Math.abs(value - shifted(i)) < 1e-3)) return [dx, dy];
    }
  assert.fail('the output is no shifted copy');
}

test('zoom scales around the centre: a ramp gets steeper or flatter, a flat picture stays', () => {
  const ramp = Uint8Array.from({ length: 3 * plane }, (_, i) => (i % size) * 10);
  const slopes = Array.from({ length: 40 }, (_, seed) => {
    const out = augmented({ scaleFraction: 0.5 }, { seed, from: ramp });
    const middle = 8 * size + 7;
    assert.ok(Math.abs(((out[middle] ?? 0) + (out[middle + 1] ?? 0)) / 2 - 75) < 1e-3, 'the centre stays');
    return ((out[middle + 1] ?? 0) - (out[middle] ?? 0)) / 10;
  });
  assert.ok(Math.min(...slopes) < 0.8 && Math.min(...slopes) >= 1 / 1.5 - 1e-6, String(Math.min(...slopes)));
  assert.ok(Math.max(...slopes) > 1.4 && Math.max(...slopes) <= 2 + 1e-6, String(Math.max(...slopes)));
  const even = new Uint8Array(3 * plane).fill(77);
  assertClose(augmented({ scaleFraction: 0.5, shiftFraction: 0.3 }, { from: even }), even);
});

test('aspect pulls the axes apart: width against height stays in its bounds, the area stays', () => {
  const ramp = (across: boolean): Uint8Array =>
    Uint8Array.from({ length: 3 * plane }, (_, i) => (across ? i % size : Math.floor((i % plane) / size)) * 10);
  const ratios = Array.from({ length: 40 }, (_, seed) => {
    const change = { aspectFraction: 0.5 };
    const [wide, tall] = [
      augmented(change, { seed, from: ramp(true) }),
      augmented(change, { seed, from: ramp(false) }),
    ];
    const middle = 8 * size + 8;
    const zoomX = 10 / ((wide[middle] ?? 0) - (wide[middle - 1] ?? 0));
    const zoomY = 10 / ((tall[middle] ?? 0) - (tall[middle - size] ?? 0));
    assert.ok(Math.abs(zoomX * zoomY - 1) < 1e-4);
    return zoomX / zoomY;
  });
  assert.ok(Math.min(...ratios) >= 1 / 1.5 - 1e-4 && Math.min(...ratios) < 0.75, String(Math.min(...ratios)));
  assert.ok(Math.max(...ratios) <= 1.5 + 1e-4 && Math.max(...ratios) > 1.35, String(Math.max(...ratios)));
});

test('rotation turns by at most its degrees, to either side, and keeps the centre', () => {
  const ramp = Uint8Array.from({ length: 3 * plane }, (_, i) => (i % size) * 10);
  const degrees = Array.from({ length: 40 }, (_, seed) => {
    const out = augmented({ rotationDegrees: 30 }, { seed, from: ramp });
    const [a, b, c] = [out[7 * size + 7] ?? 0, out[7 * size + 8] ?? 0, out[8 * size + 7] ?? 0];
    assert.ok(Math.abs((b + c) / 2 - 75) < 1e-3, 'the centre stays');
    return (Math.atan2(a - c, b - a) * 180) / Math.PI;
  });
  assert.ok(Math.min(...degrees) >= -30.01 && Math.min(...degrees) < -25, String(Math.min(...degrees)));
  assert.ok(Math.max(...degrees) <= 30.01 && Math.max(...degrees) > 25, String(Math.max(...degrees)));
});

test('saturation moves channels from or towards grey and keeps the brightness; tint scales each channel', () => {
  const grey = (values: Float32Array, i: number): number =>
    0.299 * (values[i] ?? 0) + 0.587 * (values[i + plane] ?? 0) + 0.114 * (values[i + 2 * plane] ?? 0);
  const original = Float32Array.from(record);
  for (let seed = 0; seed < 20; seed++) {
    const out = augmented({ saturation: 0.5 }, { seed });
    const factor = ((out[0] ?? 0) - grey(original, 0)) / ((original[0] ?? 0) - grey(original, 0));
    assert.ok(factor >= 0.499 && factor <= 1.501, String(factor));
    for (let i = 0; i < 3 * plane; i++) {
      const centre = grey(original, i % plane);
      assert.ok(Math.abs((out[i] ?? 0) - centre - factor * ((original[i] ?? 0) - centre)) < 2e-2, `at ${i}`);
    }
    const normalised = augmented({ saturation: 0.5 }, { seed, settings: preprocessing });
    const restored = normalised.map((value, i) => {
      const channel = i < plane ? 0 : i < 2 * plane ? 1 : 2;
      return value * preprocessing.std[channel] + preprocessing.mean[channel];
    });
    assertClose(restored, out, 1e-2);
    const tinted = augmented({ tint: 0.1 }, { seed });
    const gains = [0, 1, 2].map((c) => (tinted[c * plane] ?? 0) / (original[c * plane] ?? 1));
    assert.ok(new Set(gains).size === 3 && gains.every((gain) => gain >= 0.9 && gain <= 1.1), gains.join());
    assertClose(
      tinted,
      original.map((value, i) => value * (gains[Math.floor(i / plane)] ?? 0)),
      1e-2,
    );
  }
});

test('brightness adds the same to every pixel, contrast scales around grey 128', () => {
  for (let seed = 0; seed < 20; seed++) {
    const brighter = augmented({ brightness: 0.1 }, { seed });
    const added = (brighter[0] ?? 0) - (record[0] ?? 0);
    assert.ok(Math.abs(added) <= 25.5);
    assertClose(
      brighter,
      Float32Array.from(record, (value) => value + added),
      1e-3,
    );
    const harder = augmented({ contrast: 0.2 }, { seed });
    const factor = ((harder[0] ?? 0) - 128) / ((record[0] ?? 0) - 128);
    assert.ok(factor >= 0.8 && factor <= 1.2);
    assertClose(
      harder,
      Float32Array.from(record, (value) => (value - 128) * factor + 128),
      1e-2,
    );
  }
});

test('cutout blanks one square, in all channels at the same place', () => {
  const bright = new Uint8Array(3 * plane).fill(200);
  for (let seed = 0; seed < 30; seed++) {
    const out = augmented({ cutoutFraction: 0.5 }, { seed, from: bright });
    const blank = [0, 1, 2].map((c) => out.subarray(c * plane, (c + 1) * plane).map((value) => (value === 0 ? 1 : 0)));
    const count = blank[0]?.reduce((sum, one) => sum + one, 0) ?? 0;
    // The square's centre lies in the picture, so a quarter of it is seen at least.
    assert.ok(count >= 9 && count <= 64, String(count));
    assert.deepEqual(blank[1], blank[0]);
    assert.deepEqual(blank[2], blank[0]);
  }
});

test('writes at its offset and nowhere else', () => {
  const target = new Float32Array(3 * plane + 20).fill(-1);
  createAugmenter(augmentationSchema.parse({ cutoutFraction: 0.5 }), bare).apply(record, createRandom(3), target, 10);
  assert.deepEqual([...target.subarray(0, 10), ...target.subarray(-10)], Array<number>(20).fill(-1));
});

test('settings out of range are refused', () => {
  for (const wrong of [{ flipProbability: 1.1 }, { shiftFraction: -0.1 }, { scaleFraction: 1 }, { zoom: 1 }])
    assert.throws(() => augmentationSchema.parse(wrong), JSON.stringify(wrong));
});
