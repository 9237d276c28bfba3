// Writes small WebAssembly modules: instructions as nested calls, a module as bytes. Only what the resampling
// kernels need (WebAssembly 2.0 with fixed-width SIMD). No Node imports: this also runs in a browser.

/** Instructions as bytes; an expression leaves one value on the stack, a statement none. */
export type Code = readonly number[];

/** LEB128; signed constants and unsigned indices. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

const counted = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: Code): number[] => [...unsigned(bytes.length), ...bytes];
const text = (value: string): number[] => sized(Array.from(value, (letter) => letter.charCodeAt(0)));

export const types = { i32: 0x7f, v128: 0x7b } as const;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  shiftLeft: (a: Code, bits: number): Code => [...a, 0x41, bits, 0x74],
  lessUnsigned: (a: Code, b: Code): Code => [...a, ...b, 0x49],
  load: (address: Code): Code => [...address, 0x28, 2, 0],
};
/** Runs the body, then again while the condition holds. */
export const doWhile = (body: readonly Code[], condition: Code): Code => [
  ...[0x03, 0x40],
  ...body.flat(),
  ...condition,
  ...[0x0d, 0, 0x0b],
];

const vector = (opcode: number, ...operands: readonly Code[]): Code => [...operands.flat(), 0xfd, ...unsigned(opcode)];
const binary =
  (opcode: number) =>
  (a: Code, b: Code): Code =>
    vector(opcode, a, b);
const unary =
  (opcode: number) =>
  (a: Code): Code =>
    vector(opcode, a);

/** 128-bit vectors, by their names in the specification. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [...vector(0x00, address), 0, ...unsigned(offset)],
  load32Splat: (address: Code, offset = 0): Code => [...vector(0x09, address), 0, ...unsigned(offset)],
  store: (address: Code, value: Code): Code => [...vector(0x0b, address, value), 0, 0],
  store8Lane: (address: Code, value: Code, lane: number): Code => [...vector(0x58, address, value), 0, 0, lane],
  const: (bytes: readonly number[]): Code => [...vector(0x0c), ...bytes],
  splat: (value: Code): Code => vector(0x11, value),
  shuffle: (a: Code, b: Code, lanes: readonly number[]): Code => [...vector(0x0d, a, b), ...lanes],
  swizzle: binary(0x0e),
  narrowI16ToU8: binary(0x66),
  narrowI32ToI16: binary(0x85),
  extendLowU8: unary(0x89),
  extendHighU8: unary(0x8a),
  shiftLeftI32: binary(0xab),
  shiftRightI32: binary(0xac),
  addI32: binary(0xae),
  /** Products of 16-bit lanes, added in pairs to four 32-bit lanes. */
  dotI16: binary(0xba),
};

export interface WasmFunction {
  readonly name: string;
  /** All i32. */
  readonly parameterCount: number;
  /** Further locals, numbered after the parameters. */
  readonly locals: readonly (keyof typeof types)[];
  readonly body: readonly Code[];
}

/** A module that imports its memory as `env.memory` and exports every function; none returns a value. */
export function assembleModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: Code): number[] => [id, ...sized(content)];
  const signature = ({ parameterCount }: WasmFunction): Code => [
    0x60,
    ...counted(Array<Code>(parameterCount).fill([types.i32])),
    0,
  ];
  const code = ({ locals, body }: WasmFunction): Code =>
    sized([...counted(locals.map((type) => [1, types[type]])), ...body.flat(), 0x0b]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, counted(functions.map(signature))),
    ...section(2, counted([[...text('env'), ...text('memory'), 2, 0, 1]])),
    ...section(3, counted(functions.map((_, index) => unsigned(index)))),
    ...section(7, counted(functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]))),
    ...section(10, counted(functions.map(code))),
  ]);
}
