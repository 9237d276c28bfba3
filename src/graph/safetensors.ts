// The safetensors file format: eight bytes of header length, a JSON header (name → type, shape, place), then the bare
// numbers. Read strictly: every byte of the data belongs to exactly one tensor.
import { z } from 'zod';
import { PawprintError } from '../core/index.ts';
import { alignedCopy, fromBfloat16, fromFloat16 } from './element-types.ts';
import { type DataType, elementCount, type TensorLiteral } from './types.ts';

export interface SafetensorsContent {
  readonly tensors: Readonly<Record<string, TensorLiteral>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Longest header that is read, as in the reference implementation. */
const headerLimitBytes = 100_000_000;
const metadataKey = '__metadata__';

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const metadataSchema = z.record(z.string(), z.string());
interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** How each stored type is read. Half and double precision become float32. */
const readers: Readonly<
  Record<string, { bytes: number; read: (data: ArrayBuffer, dims: readonly number[]) => TensorLiteral }>
> = {
  F32: { bytes: 4, read: (data, dims) => ({ dtype: 'float32', dims, data: new Float32Array(data) }) },
  F16: { bytes: 2, read: (data, dims) => ({ dtype: 'float32', dims, data: fromFloat16(new Uint16Array(data)) }) },
  BF16: { bytes: 2, read: (data, dims) => ({ dtype: 'float32', dims, data: fromBfloat16(new Uint16Array(data)) }) },
  F64: {
    bytes: 8,
    read: (data, dims) => ({ dtype: 'float32', dims, data: Float32Array.from(new Float64Array(data)) }),
  },
  I64: { bytes: 8, read: (data, dims) => ({ dtype: 'int64', dims, data: new BigInt64Array(data) }) },
  I32: { bytes: 4, read: (data, dims) => ({ dtype: 'int32', dims, data: new Int32Array(data) }) },
  I8: { bytes: 1, read: (data, dims) => ({ dtype: 'int8', dims, data: new Int8Array(data) }) },
  U8: { bytes: 1, read: (data, dims) => ({ dtype: 'uint8', dims, data: new Uint8Array(data) }) },
  BOOL: { bytes: 1, read: (data, dims) => ({ dtype: 'bool', dims, data: new Uint8Array(data) }) },
};

/** Written names, widest type first: each tensor then starts at a multiple of its element size. */
const writtenNames = {
  int64: 'I64',
  float32: 'F32',
  int32: 'I32',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Record<DataType, string>;
const writtenOrder = Object.keys(writtenNames) as DataType[];

/**
 * Serialises named tensors. Deterministic: the same tensors and metadata give the same bytes, in whatever order the
 * tensors come. A tensor may not be called `__metadata__`.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorLiteral>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const ordered = Object.entries(tensors).sort(
    ([nameA, a], [nameB, b]) =>
      writtenOrder.indexOf(a.dtype) - writtenOrder.indexOf(b.dtype) || (nameA < nameB ? -1 : 1),
  );
  const header: [string, unknown][] = Object.keys(metadata).length === 0 ? [] : [[metadataKey, metadata]];
  let offset = 0;
  for (const [name, { dtype, dims, data }] of ordered) {
    if (name === metadataKey || elementCount(dims) !== data.length)
      throw new PawprintError('MODEL_INVALID', {
        message: `tensor ${name} cannot be stored`,
        expected: `a name other than ${metadataKey}, and ${elementCount(dims)} numbers for [${dims.join(', ')}]`,
        received: `${data.length} numbers`,
      });
    const end = offset + data.byteLength;
    header.push([name, { dtype: writtenNames[dtype], shape: dims, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(json, 8);
  let at = 8 + headerBytes;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file. F32, I64, I32, I8, U8 and BOOL come as they are; F16 and BF16 are widened to float32 and F64
 * rounded to it. MODEL_INVALID, saying what is wrong where, for anything else and for a damaged file.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsContent {
  const { header, dataStart } = readHeader(bytes);
  const { [metadataKey]: rawMetadata, ...rawEntries } = header;
  const metadata = metadataSchema.safeParse(rawMetadata ?? {});
  if (!metadata.success) throw damaged(`${metadataKey} is not a table of texts`);
  const entries = Object.entries(rawEntries)
    .map(([name, raw]) => entryOf(name, raw))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected)
      throw damaged(`tensor ${name} ${begin < expected ? 'overlaps the one before it' : 'leaves a gap before it'}`, {
        expected: `a begin at byte ${expected} of the data`,
        received: `${begin}`,
      });
    expected = end;
  }
  const dataBytes = bytes.length - dataStart;
  if (expected !== dataBytes)
    throw damaged(expected > dataBytes ? 'the file is cut short' : 'bytes follow that belong to no tensor', {
      expected: `${expected} bytes of data`,
      received: `${dataBytes}`,
    });
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => {
    const reader = readers[dtype];
    const data = alignedCopy(bytes.subarray(dataStart + begin, dataStart + end));
    return [name, reader?.read(data, shape)];
  });
  return { tensors: Object.fromEntries(tensors) as Record<string, TensorLiteral>, metadata: metadata.data };
}

function damaged(problem: string, details: { expected?: string; received?: string } = {}): PawprintError {
  return new PawprintError('MODEL_INVALID', {
    message: `the safetensors file cannot be used: ${problem}`,
    expected: 'a whole safetensors file',
    hint: 'Copy or export the file again.',
    ...details,
  });
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 10) throw damaged('it is too short to have a header', { received: `${bytes.length} bytes` });
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(headerLimitBytes) || length > BigInt(bytes.length - 8))
    throw damaged('its header is longer than the file or than is allowed', {
      expected: `at most ${Math.min(headerLimitBytes, bytes.length - 8)} bytes`,
      received: `${length} bytes (a file of another format gives such a number)`,
    });
  const dataStart = 8 + Number(length);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart));
    const header: unknown = JSON.parse(text);
    if (!text.startsWith('{') || typeof header !== 'object' || header === null) throw new Error('not a table');
    return { header: header as Record<string, unknown>, dataStart };
  } catch (error) {
    throw damaged('its header is not JSON', { received: error instanceof Error ? error.message : String(error) });
  }
}

function entryOf(name: string, raw: unknown): Entry {
  const parsed = entrySchema.safeParse(raw);
  if (!parsed.success)
    throw damaged(`the header's entry of tensor ${name} is malformed`, { expected: 'dtype, shape and data_offsets' });
  const { dtype, shape } = parsed.data;
  const [begin, end] = parsed.data.data_offsets;
  const reader = Object.hasOwn(readers, dtype) ? readers[dtype] : undefined;
  if (reader === undefined)
    throw damaged(`tensor ${name} is of a type that is not supported`, {
      expected: Object.keys(readers).join(', '),
      received: dtype,
    });
  const size = elementCount(shape) * reader.bytes;
  if (end - begin !== size)
    throw damaged(`tensor ${name} does not fill its place`, {
      expected: `${size} bytes for ${dtype} [${shape.join(', ')}]`,
      received: `${end - begin} bytes`,
    });
  return { name, dtype, shape, begin, end };
}
