// safetensors: agreement with Python's package (test-vectors/python.safetensors, made by its 0.8.0), and refusals.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { PawprintError } from '../core/index.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import type { TensorLiteral } from './types.ts';

const fromPython = readFileSync(new URL('./test-vectors/python.safetensors', import.meta.url));

test('reads what Python wrote, every element type', () => {
  const { tensors, metadata } = readSafetensors(fromPython);
  assert.deepEqual(metadata, { format: 'pt' });
  const numbers = Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, dims, data }]) => [
      name,
      [dtype, dims, Array.from<bigint | number>(data)],
    ]),
  );
  assert.deepEqual(numbers, {
    steps: ['int64', [3], [1n, -2n, 2n ** 40n]],
    double: ['float32', [2], [Math.fround(0.1), 2.5]],
    empty: ['float32', [0, 3], []],
    scalar: ['float32', [], [7.25]],
    weight: ['float32', [2, 3], [-0.5, -0.25, 0, 0.25, 0.5, 0.75]],
    order: ['int32', [2, 1], [3, -1]],
    half: ['float32', [4], [1.5, -0, 65504, 2 ** -24]],
    pixels: ['uint8', [3], [0, 128, 255]],
    mask: ['bool', [3], [1, 0, 1]],
  });
});

test('writes the very bytes that Python writes, whatever the order of the tensors', () => {
  const { tensors, metadata } = readSafetensors(fromPython);
  const same = Object.entries(tensors).filter(([name]) => name !== 'half' && name !== 'double');
  const written = writeSafetensors(Object.fromEntries(same.toReversed()), metadata);
  assert.deepEqual(written, writeSafetensors(Object.fromEntries(same), metadata));
  // Python's header for these, with the two converted tensors taken out and the offsets moved up.
  const header = new TextDecoder().decode(
    written.subarray(8, 8 + Number(new DataView(written.buffer).getBigUint64(0, true))),
  );
  assert.equal(
    header.trimEnd(),
    '{"__metadata__":{"format":"pt"},"steps":{"dtype":"I64","shape":[3],"data_offsets":[0,24]},' +
      '"empty":{"dtype":"F32","shape":[0,3],"data_offsets":[24,24]},"scalar":{"dtype":"F32","shape":[],"data_offsets":[24,28]},' +
      '"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[28,52]},"order":{"dtype":"I32","shape":[2,1],"data_offsets":[52,60]},' +
      '"pixels":{"dtype":"U8","shape":[3],"data_offsets":[60,63]},"mask":{"dtype":"BOOL","shape":[3],"data_offsets":[63,66]}}',
  );
  assert.equal(header.length % 8, 0);
});

const literals: fc.Arbitrary<TensorLiteral> = fc
  .array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
  .chain((dims) => {
    const length = dims.reduce((product, size) => product * size, 1);
    const of = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: length, maxLength: length });
    return fc.oneof(
      of(fc.float()).map((data): TensorLiteral => ({ dtype: 'float32', dims, data: Float32Array.from(data) })),
      of(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map((data): TensorLiteral => ({
        dtype: 'int64',
        dims,
        data: BigInt64Array.from(data),
      })),
      of(fc.nat(255)).map((data): TensorLiteral => ({ dtype: 'uint8', dims, data: Uint8Array.from(data) })),
    );
  });

test('what is written is read back, from any address in memory', () => {
  const names = fc.string().filter((name) => name !== '__metadata__');
  fc.assert(
    fc.property(
      fc.dictionary(names, literals),
      fc.dictionary(fc.string(), fc.string()),
      fc.nat(7),
      (tensors, metadata, shift) => {
        const written = writeSafetensors(tensors, metadata);
        const moved = new Uint8Array(written.length + shift).subarray(shift);
        moved.set(written);
        const back = readSafetensors(moved);
        assert.deepEqual({ ...back.tensors }, { ...tensors });
        assert.deepEqual({ ...back.metadata }, { ...metadata });
      },
    ),
    { numRuns: 100 },
  );
});

function file(header: string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const entry = (begin: number, end: number, more: object = {}) => ({
  dtype: 'F32',
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...more,
});
const table = (tensors: object, dataBytes: number): Uint8Array => file(JSON.stringify(tensors), dataBytes);

test('a damaged file is refused with what is wrong', () => {
  const refused: readonly (readonly [RegExp, Uint8Array])[] = [
    [/too short/, new Uint8Array(7)],
    [/longer than the file/, Uint8Array.from(fromPython.subarray(0, 100))],
    [/cut short/, Uint8Array.from(fromPython.subarray(0, -1))],
    [/longer than the file or than is allowed/, new TextEncoder().encode('GIF89a some other format of file')],
    [/not JSON/, file('{"a":', 0)],
    [/not JSON/, file('[1, 2, 3]', 0)],
    [/entry of tensor a is malformed/, table({ a: { dtype: 'F32', shape: [1] } }, 4)],
    [/entry of tensor a is malformed/, table({ a: entry(0, 4, { shape: [-1] }) }, 4)],
    [/tensor a is of a type/, table({ a: entry(0, 4, { dtype: 'C64' }) }, 4)],
    [/tensor a is of a type/, table({ a: entry(0, 4, { dtype: 'toString' }) }, 4)],
    [/tensor a does not fill/, table({ a: entry(0, 8, { shape: [1] }) }, 8)],
    [/tensor a does not fill/, table({ a: entry(8, 0, { shape: [2] }) }, 8)],
    [/tensor b overlaps/, table({ a: entry(0, 8), b: entry(4, 12) }, 12)],
    [/tensor b leaves a gap/, table({ a: entry(0, 4), b: entry(8, 12) }, 12)],
    [/tensor a leaves a gap/, table({ a: entry(4, 8) }, 8)],
    [/belong to no tensor/, table({ a: entry(0, 4) }, 8)],
    [/cut short/, table({ a: entry(0, 2 ** 40) }, 8)],
    [/__metadata__/, table({ __metadata__: { a: 1 }, a: entry(0, 4) }, 4)],
  ];
  for (const [problem, bytes] of refused)
    assert.throws(
      () => readSafetensors(bytes),
      (error) => error instanceof PawprintError && error.code === 'MODEL_INVALID' && problem.test(error.message),
      String(problem),
    );
});

test('a tensor that does not fill its shape, or takes the reserved name, is not written', () => {
  const literal: TensorLiteral = { dtype: 'float32', dims: [2], data: Float32Array.of(1) };
  assert.throws(() => writeSafetensors({ a: literal }), /cannot be stored/);
  assert.throws(() => writeSafetensors({ __metadata__: { ...literal, dims: [1] } }), /cannot be stored/);
});
