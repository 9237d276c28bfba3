// The two resampling passes as WebAssembly, a module of a few hundred bytes. A weight has up to 23 bits and vector
// products take 16, so a weight travels in two parts, high · 2¹¹ + low, and the sums meet again at the end: nothing is
// lost. No Node imports: this also runs in a browser.
import { precisionBits, rounding } from './resample-kernel.ts';
import { assembleModule, type Code, doWhile, get, i32, set, v128, type WasmFunction } from './wasm-assembler.ts';

export const lowBits = 11;
/** Pixels that one step of the horizontal pass reads (12 bytes of a 16-byte vector), and bytes of their weights. */
export const groupPixels = 4;
export const groupBytes = 16;
/** Bytes of two rows' weights in the vertical pass, and columns that one step writes. */
export const pairBytes = 8;
export const columnBytes = 16;

/** ((high << 11) + low + ½) >> 22 of four lanes. */
const settle = (high: Code, low: Code): Code =>
  v128.shiftRightI32(
    v128.addI32(v128.addI32(v128.shiftLeftI32(high, i32.const(lowBits)), low), v128.splat(i32.const(rounding))),
    i32.const(precisionBits),
  );
const zero = v128.const(Array<number>(16).fill(0));
const advance = (local: number, by: Code): Code => set(local, i32.add(get(local), by));
const accumulate = (local: number, product: Code): Code => set(local, v128.addI32(get(local), product));

/** Rows of interleaved RGB to rows with channels apart, `width` long each. */
function horizontalPass(): WasmFunction {
  const [source, sourceStride, sourceEnd, target, targetStride] = [0, 1, 2, 3, 4] as const;
  const [starts, weights, pixelBytes, width] = [5, 6, 7, 8] as const;
  const [x, at, weight, end, out] = [9, 10, 11, 12, 13] as const;
  const [high, low, first, second, both] = [14, 15, 16, 17, 18] as const;
  // Two neighbours' reds, greens and blues side by side as 16-bit numbers (255: a zero byte).
  const pairFrom = (a: number): Code =>
    v128.const([0, 3, 1, 4, 2, 5, -1, -1].flatMap((lane) => [lane < 0 ? 255 : lane + a, 255]));
  const group = [
    set(both, v128.load(get(at))),
    set(first, v128.swizzle(get(both), pairFrom(0))),
    set(second, v128.swizzle(get(both), pairFrom(6))),
    accumulate(high, v128.dotI16(get(first), v128.load32Splat(get(weight), 0))),
    accumulate(low, v128.dotI16(get(first), v128.load32Splat(get(weight), 8))),
    accumulate(high, v128.dotI16(get(second), v128.load32Splat(get(weight), 4))),
    accumulate(low, v128.dotI16(get(second), v128.load32Splat(get(weight), 12))),
    advance(at, i32.const(3 * groupPixels)),
    advance(weight, i32.const(groupBytes)),
  ];
  const pixel = [
    set(at, i32.add(get(source), i32.load(i32.add(get(starts), i32.shiftLeft(get(x), 2))))),
    set(end, i32.add(get(weight), get(pixelBytes))),
    set(high, zero),
    set(low, zero),
    doWhile(group, i32.lessUnsigned(get(weight), get(end))),
    set(high, settle(get(high), get(low))),
    set(high, v128.narrowI32ToI16(get(high), get(high))),
    set(high, v128.narrowI16ToU8(get(high), get(high))),
    set(out, i32.add(get(target), get(x))),
    v128.store8Lane(get(out), get(high), 0),
    advance(out, get(width)),
    v128.store8Lane(get(out), get(high), 1),
    advance(out, get(width)),
    v128.store8Lane(get(out), get(high), 2),
    advance(x, i32.const(1)),
  ];
  const row = [
    set(x, i32.const(0)),
    set(weight, get(weights)),
    doWhile(pixel, i32.lessUnsigned(get(x), get(width))),
    advance(source, get(sourceStride)),
    advance(target, get(targetStride)),
  ];
  return {
    name: 'horizontal',
    parameterCount: 9,
    locals: ['i32', 'i32', 'i32', 'i32', 'i32', 'v128', 'v128', 'v128', 'v128', 'v128'],
    body: [doWhile(row, i32.lessUnsigned(get(source), get(sourceEnd)))],
  };
}

/** Rows of bytes to fewer or more rows, sixteen columns and two source rows at a time. */
function verticalPass(): WasmFunction {
  const [source, stride, target, targetEnd, starts, weights, rowBytes] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [x, at, weight, end] = [7, 8, 9, 10] as const;
  const [upper, lower, wide, weightHigh, weightLow] = [11, 12, 13, 14, 15] as const;
  const high = [16, 17, 18, 19] as const;
  const low = [20, 21, 22, 23] as const;
  const interleave = (from: number): readonly number[] =>
    Array.from({ length: 16 }, (_, lane) => (lane >> 1) + from + (lane % 2 === 0 ? 0 : 16));
  const quarters: readonly Code[] = [
    v128.extendLowU8(get(wide)),
    v128.extendHighU8(get(wide)),
    v128.extendLowU8(get(wide)),
    v128.extendHighU8(get(wide)),
  ];
  const pair = [
    set(upper, v128.load(get(at))),
    set(lower, v128.load(i32.add(get(at), get(stride)))),
    set(weightHigh, v128.load32Splat(get(weight), 0)),
    set(weightLow, v128.load32Splat(get(weight), 4)),
    ...high.flatMap((local, i) => [
      ...(i % 2 === 0 ? [set(wide, v128.shuffle(get(upper), get(lower), interleave(i * 4)))] : []),
      accumulate(local, v128.dotI16(quarters[i] ?? [], get(weightHigh))),
      accumulate(low[i] ?? 0, v128.dotI16(quarters[i] ?? [], get(weightLow))),
    ]),
    advance(at, i32.add(get(stride), get(stride))),
    advance(weight, i32.const(pairBytes)),
  ];
  const settled = (i: 0 | 1 | 2 | 3): Code => settle(get(high[i]), get(low[i]));
  const columns = [
    set(at, i32.add(i32.add(get(source), get(x)), i32.load(get(starts)))),
    set(weight, get(weights)),
    set(end, i32.add(get(weights), get(rowBytes))),
    ...[...high, ...low].map((local) => set(local, zero)),
    doWhile(pair, i32.lessUnsigned(get(weight), get(end))),
    v128.store(
      i32.add(get(target), get(x)),
      v128.narrowI16ToU8(v128.narrowI32ToI16(settled(0), settled(1)), v128.narrowI32ToI16(settled(2), settled(3))),
    ),
    advance(x, i32.const(columnBytes)),
  ];
  const row = [
    set(x, i32.const(0)),
    doWhile(columns, i32.lessUnsigned(get(x), get(stride))),
    advance(weights, get(rowBytes)),
    advance(starts, i32.const(4)),
    advance(target, get(stride)),
  ];
  return {
    name: 'vertical',
    parameterCount: 7,
    locals: ['i32', 'i32', 'i32', 'i32', ...Array<'v128'>(13).fill('v128')],
    body: [doWhile(row, i32.lessUnsigned(get(target), get(targetEnd)))],
  };
}

/** The module's bytes: `horizontal` and `vertical`, over a memory that is imported. */
export function resampleModule(): Uint8Array<ArrayBuffer> {
  return assembleModule([horizontalPass(), verticalPass()]);
}
