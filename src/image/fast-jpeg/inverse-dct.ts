// From coefficients to samples: the fast inverse cosine transform of Arai, Agui and Nakajima in the integers of
// libjpeg's "ifast", to the bit. It is not the most exact one (it cuts where others round), but it is the one that every
// photo of training went through. No Node imports: this also runs in a browser.
import type { Component } from './frame.ts';

/** cos(kπ/16)·√2 for k > 0, 1 for k = 0. */
const aanScales = Array.from({ length: 8 }, (_, k) => (k === 0 ? 1 : Math.cos((k * Math.PI) / 16) * Math.SQRT2));

/** A quantisation table (in the block's order) with the transform's own scaling, two bits of it kept. */
export function scaleQuantisation(table: Uint16Array): Int32Array {
  return Int32Array.from(table, (step, i) => {
    const scale = Math.round((aanScales[i >> 3] ?? 1) * (aanScales[i & 7] ?? 1) * (1 << 14));
    return (step * scale + (1 << 11)) >> 12;
  });
}

/** Samples of a whole component, rows of `storedWide` · 8 bytes. */
export function samplesOf(component: Component, quantisation: Int32Array): Uint8Array {
  const { storedWide, storedHigh, coefficients } = component;
  const stride = storedWide * 8;
  const samples = new Uint8Array(stride * storedHigh * 8);
  const space = new Int32Array(64);
  for (let row = 0; row < storedHigh; row++)
    for (let column = 0; column < storedWide; column++)
      transformBlock(
        { coefficients, at: (row * storedWide + column) * 64, quantisation, space },
        { samples, at: row * 8 * stride + column * 8, stride },
      );
  return samples;
}

interface BlockSource {
  readonly coefficients: Int16Array;
  readonly at: number;
  readonly quantisation: Int32Array;
  /** Memory for the values between both passes. */
  readonly space: Int32Array;
}

interface BlockTarget {
  readonly samples: Uint8Array;
  readonly at: number;
  readonly stride: number;
}

function transformBlock({ coefficients, at, quantisation, space }: BlockSource, target: BlockTarget): void {
  for (let i = 0; i < 64; i++) space[i] = (coefficients[at + i] ?? 0) * (quantisation[i] ?? 0);
  for (let column = 0; column < 8; column++) transformEight(space, column, 8);
  for (let row = 0; row < 8; row++) {
    transformEight(space, row * 8, 1);
    const to = target.at + row * target.stride;
    for (let i = 0; i < 8; i++) {
      const sample = ((space[row * 8 + i] ?? 0) >> 5) + 128;
      target.samples[to + i] = sample < 0 ? 0 : sample > 255 ? 255 : sample;
    }
  }
}

/** One row or column in place. The constants are 1.414213562, 1.847759065, 1.082392200 and −2.613125930 times 256. */
function transformEight(values: Int32Array, at: number, step: number): void {
  const in0 = values[at] ?? 0;
  const in1 = values[at + step] ?? 0;
  const in2 = values[at + 2 * step] ?? 0;
  const in3 = values[at + 3 * step] ?? 0;
  const in4 = values[at + 4 * step] ?? 0;
  const in5 = values[at + 5 * step] ?? 0;
  const in6 = values[at + 6 * step] ?? 0;
  const in7 = values[at + 7 * step] ?? 0;

  const sum04 = in0 + in4;
  const difference04 = in0 - in4;
  const sum26 = in2 + in6;
  const difference26 = (((in2 - in6) * 362) >> 8) - sum26;
  const even0 = sum04 + sum26;
  const even3 = sum04 - sum26;
  const even1 = difference04 + difference26;
  const even2 = difference04 - difference26;

  const z13 = in5 + in3;
  const z10 = in5 - in3;
  const z11 = in1 + in7;
  const z12 = in1 - in7;
  const odd7 = z11 + z13;
  const z5 = ((z10 + z12) * 473) >> 8;
  const odd6 = ((z10 * -669) >> 8) + z5 - odd7;
  const odd5 = (((z11 - z13) * 362) >> 8) - odd6;
  const odd4 = ((z12 * 277) >> 8) - z5 + odd5;

  values[at] = even0 + odd7;
  values[at + 7 * step] = even0 - odd7;
  values[at + step] = even1 + odd6;
  values[at + 6 * step] = even1 - odd6;
  values[at + 2 * step] = even2 + odd5;
  values[at + 5 * step] = even2 - odd5;
  values[at + 4 * step] = even3 + odd4;
  values[at + 3 * step] = even3 - odd4;
}
