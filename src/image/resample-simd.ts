// Runs the resampling passes on vectors (measured on 500 × 375 to 64 × 64: a fifth of the plain passes' time). Owns a
// WebAssembly instance and its memory. No Node imports: this also runs in a browser.
import type { Kernel, Passes, Source } from './resample-kernel.ts';
import { columnBytes, groupBytes, groupPixels, lowBits, pairBytes, resampleModule } from './resample-simd-code.ts';

/** Bytes of source rows taken into the module's memory at a time: they stay in a near cache. */
const stripBytes = 1 << 16;
/** Vectors are read and written whole: this much may lie past the end. */
const slack = 64;
const pageBytes = 1 << 16;
const lowMask = (1 << lowBits) - 1;

/** What of WebAssembly is used; the type library set here has none of it. */
interface WasmHost {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<'horizontal' | 'vertical', (...parameters: number[]) => void>> };
  readonly Memory: new (limits: { initial: number }) => {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
}

/** The passes with a memory of their own; undefined where WebAssembly or its vectors are missing or not allowed. */
export function createSimdPasses(): Passes | undefined {
  const { WebAssembly: host } = globalThis as unknown as { readonly WebAssembly?: WasmHost };
  if (host === undefined) return undefined;
  try {
    return createPasses(host);
  } catch {
    return undefined;
  }
}

function createPasses(host: WasmHost): Passes {
  const memory = new host.Memory({ initial: 1 });
  const { horizontal, vertical } = new host.Instance(new host.Module(resampleModule()), { env: { memory } }).exports;
  const columnWeights = new WeakMap<Kernel, Int16Array>();
  const rowWeights = new WeakMap<Kernel, Int16Array>();

  return (source, columns, rows) => {
    const [width, height] = [columns.starts.length, rows.starts.length];
    const stride = Math.ceil((width * 3) / columnBytes) * columnBytes;
    const byColumn = remembered(columnWeights, columns, packColumns);
    const byRow = remembered(rowWeights, rows, packRows);
    const pixelBytes = byColumn.byteLength / width;
    const rowBytes = byRow.byteLength / height;
    // Every position reads as many pixels or rows as the widest window has: near the end some with no weight, past it.
    const rowsRead = (rows.starts.at(-1) ?? 0) + (rowBytes / pairBytes) * 2;
    const at = layOut({
      strip: Math.max(stripBytes, source.stride) + (pixelBytes / groupBytes) * groupPixels * 3,
      columnStarts: width * 4,
      columnWeights: byColumn.byteLength,
      rowStarts: height * 4,
      rowWeights: byRow.byteLength,
      narrowed: Math.max(source.height, rowsRead) * stride,
      scaled: height * stride,
    });
    const missing = at.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    new Int32Array(memory.buffer, at.columnStarts, width).set(columns.starts.map((start) => start * 3));
    new Int16Array(memory.buffer, at.columnWeights, byColumn.length).set(byColumn);
    new Int32Array(memory.buffer, at.rowStarts, height).set(rows.starts.map((start) => start * stride));
    new Int16Array(memory.buffer, at.rowWeights, byRow.length).set(byRow);

    const bytes = new Uint8Array(memory.buffer);
    const stripRows = Math.max(1, Math.floor(stripBytes / source.stride));
    for (let y = 0; y < source.height; y += stripRows) {
      const end = Math.min(source.height, y + stripRows);
      bytes.set(rowsOf(source, y, end), at.strip);
      const target = at.narrowed + y * stride;
      const stripEnd = at.strip + (end - y) * source.stride;
      horizontal(
        at.strip,
        source.stride,
        stripEnd,
        target,
        stride,
        at.columnStarts,
        at.columnWeights,
        pixelBytes,
        width,
      );
    }
    const scaledEnd = at.scaled + height * stride;
    vertical(at.narrowed, stride, at.scaled, scaledEnd, at.rowStarts, at.rowWeights, rowBytes);
    return { data: bytes.subarray(at.scaled, scaledEnd), stride };
  };
}

function rowsOf({ data, start, stride }: Source, first: number, end: number): Uint8Array {
  return data.subarray(start + first * stride, start + end * stride);
}

function remembered(
  memory: WeakMap<Kernel, Int16Array>,
  kernel: Kernel,
  pack: (kernel: Kernel) => Int16Array,
): Int16Array {
  const known = memory.get(kernel) ?? pack(kernel);
  memory.set(kernel, known);
  return known;
}

/** One place after the other, each with slack behind it and on a vector's boundary. */
function layOut<Name extends string>(sizes: Readonly<Record<Name, number>>): Record<Name | 'end', number> {
  const places: Record<string, number> = {};
  let end = 0;
  for (const [name, size] of Object.entries<number>(sizes)) {
    places[name] = end;
    end += Math.ceil((size + slack) / columnBytes) * columnBytes;
  }
  places['end'] = end;
  return places;
}

/** For each output pixel, groups of four weights: the four high parts, then the four low parts. */
function packColumns({ counts, weights, taps }: Kernel): Int16Array {
  const groups = Math.ceil(Math.max(...counts) / groupPixels);
  const half = groupBytes / 4;
  const packed = new Int16Array(counts.length * groups * 2 * half);
  counts.forEach((count, i) => {
    for (let k = 0; k < count; k++) {
      const weight = weights[i * taps + k] ?? 0;
      const at = (i * groups + Math.floor(k / groupPixels)) * 2 * half + (k % groupPixels);
      packed[at] = weight >> lowBits;
      packed[at + half] = weight & lowMask;
    }
  });
  return packed;
}

/** For each output row, pairs of weights: the two high parts, then the two low parts. */
function packRows({ counts, weights, taps }: Kernel): Int16Array {
  const pairs = Math.ceil(Math.max(...counts) / 2);
  const packed = new Int16Array((counts.length * pairs * pairBytes) / 2);
  counts.forEach((count, i) => {
    for (let k = 0; k < count; k++) {
      const weight = weights[i * taps + k] ?? 0;
      const at = (i * pairs + (k >> 1)) * 4 + (k % 2);
      packed[at] = weight >> lowBits;
      packed[at + 2] = weight & lowMask;
    }
  });
  return packed;
}
