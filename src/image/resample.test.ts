import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Pixels } from './pixels.ts';
import { createResampler, type Resampler, type ResampleOptions } from './resample.ts';
import type { ResampleFilter } from './resample-kernel.ts';
import { noise } from './test-vectors/pictures.ts';

interface PillowCase {
  readonly filter: ResampleFilter;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly pixels: string;
  readonly scaled: string;
}
const pillowCases = JSON.parse(
  readFileSync(new URL('test-vectors/resize.json', import.meta.url), 'utf8'),
) as readonly PillowCase[];

function interleaved(resampler: Resampler, pixels: Pixels, options: ResampleOptions): Buffer {
  const { data, stride } = resampler.resample(pixels, options);
  const out = Buffer.alloc(options.width * options.height * 3);
  for (let i = 0; i < out.length; i++) {
    const [y, x, channel] = [Math.floor(i / 3 / options.width), Math.floor(i / 3) % options.width, i % 3];
    out[i] = data[y * stride + channel * options.width + x] ?? 0;
  }
  return out;
}

for (const simd of [true, false])
  test(`resampling equals Pillow's to the bit, ${simd ? 'on vectors' : 'plain'}`, () => {
    assert.ok(pillowCases.length >= 30);
    const resamplers = { bilinear: createResampler('bilinear', { simd }), box: createResampler('box', { simd }) };
    for (const { filter, from, to, pixels, scaled } of pillowCases) {
      const source = { width: from[0], height: from[1], data: Buffer.from(pixels, 'base64') };
      const out = interleaved(resamplers[filter], source, { width: to[0], height: to[1] });
      assert.ok(out.equals(Buffer.from(scaled, 'base64')), `${filter} ${from.join('×')} → ${to.join('×')}`);
    }
  });

const sideOf = (max: number) => fc.integer({ min: 1, max });

test('vectors and plain code agree on any size, part and filter', () => {
  const resamplers = { bilinear: createResampler('bilinear'), box: createResampler('box') };
  const plain = {
    bilinear: createResampler('bilinear', { simd: false }),
    box: createResampler('box', { simd: false }),
  };
  const pictures = fc.record({
    width: sideOf(90),
    height: sideOf(90),
    x: fc.nat(40),
    y: fc.nat(40),
    to: fc.tuple(sideOf(70), sideOf(70)),
    filter: fc.constantFrom<ResampleFilter>('bilinear', 'box'),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(pictures, ({ width, height, x, y, to, filter, seed }) => {
      const pixels = noise(width + x, height + y, seed);
      const options = { box: { x, y, width, height }, width: to[0], height: to[1] };
      assert.deepEqual(interleaved(resamplers[filter], pixels, options), interleaved(plain[filter], pixels, options));
    }),
    { numRuns: 150, seed: 1 },
  );
});

/** The definition, in floating point: a weighted mean of everything under the widened filter, both axes at once. */
function naive({ width, height, data }: Pixels, to: readonly [number, number], filter: ResampleFilter): number[] {
  const weightsAlong = (from: number, out: number, i: number): number[] => {
    const scale = from / out;
    const widening = Math.max(1, scale);
    const raw = Array.from({ length: from }, (_, k) => {
      const distance = (k + 0.5 - (i + 0.5) * scale) / widening;
      // A pixel exactly on the box's edge is in or out by the last bit of a division.
      fc.pre(filter !== 'box' || Math.abs(Math.abs(distance) - 0.5) > 1e-9);
      return filter === 'box' ? Number(distance > -0.5 && distance <= 0.5) : Math.max(0, 1 - Math.abs(distance));
    });
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return raw.map((weight) => weight / total);
  };
  const columns = Array.from({ length: to[0] }, (_, i) => weightsAlong(width, to[0], i));
  const rows = Array.from({ length: to[1] }, (_, i) => weightsAlong(height, to[1], i));
  return rows.flatMap((rowWeights) =>
    columns.flatMap((columnWeights) =>
      [0, 1, 2].map((channel) => {
        let sum = 0;
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            sum += (rowWeights[y] ?? 0) * (columnWeights[x] ?? 0) * (data[(y * width + x) * 3 + channel] ?? 0);
        return sum;
      }),
    ),
  );
}

test('resampling stays within one grey level of its definition in floating point', () => {
  const resamplers = { bilinear: createResampler('bilinear'), box: createResampler('box') };
  const cases = fc.record({
    from: fc.tuple(sideOf(20), sideOf(20)),
    to: fc.tuple(sideOf(12), sideOf(12)),
    filter: fc.constantFrom<ResampleFilter>('bilinear', 'box'),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(cases, ({ from, to, filter, seed }) => {
      const pixels = noise(from[0], from[1], seed);
      const out = interleaved(resamplers[filter], pixels, { width: to[0], height: to[1] });
      naive(pixels, to, filter).forEach((value, i) => {
        assert.ok(Math.abs(value - (out[i] ?? 0)) <= 1.01, `${filter} ${from.join('×')} → ${to.join('×')} at ${i}`);
      });
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('a large picture after a small one, and the small one again, give the same as alone', () => {
  const [small, large] = [noise(50, 40), noise(700, 900)];
  const options = { width: 32, height: 24 };
  const shared = createResampler('bilinear');
  const first = interleaved(shared, small, options);
  assert.deepEqual(interleaved(shared, large, options), interleaved(createResampler('bilinear'), large, options));
  assert.deepEqual(interleaved(shared, small, options), first);
});

test('the longest lines there are: windows at the end reach no memory that is not there', () => {
  for (const [width, height] of [
    [1, 65_535],
    [65_535, 1],
    [3, 20_000],
  ] as const) {
    const pixels = noise(width, height);
    for (const to of [8, 9]) {
      const options = { width: to, height: to };
      const plain = interleaved(createResampler('bilinear', { simd: false }), pixels, options);
      assert.deepEqual(interleaved(createResampler('bilinear'), pixels, options), plain, `${width} × ${height}`);
    }
  }
});
