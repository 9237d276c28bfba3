// The segments of a JPEG file (T.81 annex B): tables, frame and scans, with every scan read into coefficients. No Node
// imports: this also runs in a browser.
import type { StoredColours } from './colour.ts';
import { type Component, type Frame, naturalOrder, NotPlain } from './frame.ts';
import { type HuffmanTable, makeHuffmanTable } from './huffman.ts';
import { readScan, type ScanComponent } from './scan.ts';

export interface PlainJpeg {
  readonly frame: Frame;
  /** By number, 0 to 3, in the block's order. */
  readonly quantisation: readonly (Uint16Array | undefined)[];
  readonly colours: StoredColours;
}

/** 4:4:4, 4:2:2, 4:2:0, 4:4:0, 4:1:1 and 4:4:1: what libjpeg-turbo's simple interface takes. */
const lumaSamplings: ReadonlySet<string> = new Set(['1x1', '2x1', '2x2', '1x2', '4x1', '1x4']);

interface Tables {
  readonly quantisation: (Uint16Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  restartInterval: number;
}

/** What a progressive picture's coefficients have got: bits still missing, by component and place; −1: never seen. */
type Progress = Map<Component, Int8Array>;

/** Reads the whole file. Throws NotPlain for anything but an undamaged 8-bit JPEG of one or three colours. */
export function readPlainJpeg(bytes: Uint8Array): PlainJpeg {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) throw new NotPlain('no JPEG');
  const tables: Tables = { quantisation: [], dc: [], ac: [], restartInterval: 0 };
  const hints: { jfif: boolean; adobe: number | undefined } = { jfif: false, adobe: undefined };
  const progress: Progress = new Map();
  let frame: Frame | undefined;
  let at = 2;
  for (;;) {
    if (at + 2 > bytes.length || bytes[at] !== 0xff) throw new NotPlain('no marker where one should be');
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) break;
    const length = at + 4 <= bytes.length ? view.getUint16(at + 2) : 0;
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw new NotPlain('a segment is cut off');
    const segment = bytes.subarray(at + 4, end);
    if (marker === 0xda) {
      if (frame === undefined) throw new NotPlain('a scan without a frame');
      at = readOneScan(bytes, { segment, end }, { frame, tables, progress });
      continue;
    }
    if (marker === 0xdb) readQuantisation(segment, tables);
    else if (marker === 0xc4) readHuffman(segment, tables);
    else if (marker === 0xdd) tables.restartInterval = ((segment[0] ?? 0) << 8) | (segment[1] ?? 0);
    else if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) {
      if (frame !== undefined) throw new NotPlain('two frames');
      frame = readFrame(segment, marker === 0xc2);
    } else if (marker === 0xe0 && startsWith(segment, 'JFIF\0')) hints.jfif = true;
    else if (marker === 0xee && startsWith(segment, 'Adobe') && segment.length >= 12) hints.adobe = segment[11];
    else if (marker < 0xe0 || (marker > 0xef && marker !== 0xfe))
      throw new NotPlain(`a marker 0x${marker.toString(16)}`);
    at = end;
  }
  if (frame === undefined) throw new NotPlain('no frame');
  checkComplete(frame, progress);
  return { frame, quantisation: tables.quantisation, colours: coloursOf(frame, hints) };
}

function startsWith(segment: Uint8Array, text: string): boolean {
  return String.fromCharCode(...segment.subarray(0, text.length)) === text;
}

function readQuantisation(segment: Uint8Array, tables: Tables): void {
  let at = 0;
  while (at < segment.length) {
    const head = segment[at++] ?? 0;
    const [wide, number] = [head >> 4 !== 0, head & 15];
    if (number > 3 || at + (wide ? 128 : 64) > segment.length) throw new NotPlain('a damaged quantisation table');
    const table = new Uint16Array(64);
    for (let k = 0; k < 64; k++) {
      table[naturalOrder[k] ?? 0] = wide ? ((segment[at] ?? 0) << 8) | (segment[at + 1] ?? 0) : (segment[at] ?? 0);
      at += wide ? 2 : 1;
    }
    tables.quantisation[number] = table;
  }
}

function readHuffman(segment: Uint8Array, tables: Tables): void {
  let at = 0;
  while (at < segment.length) {
    const head = segment[at] ?? 0;
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = segment.subarray(at + 17, at + 17 + total);
    if ((head & 0xef) > 3 || counts.length < 16 || symbols.length < total || total > 256)
      throw new NotPlain('a damaged Huffman table');
    (head >> 4 === 0 ? tables.dc : tables.ac)[head & 15] = makeHuffmanTable(counts, symbols);
    at += 17 + total;
  }
}

function readFrame(segment: Uint8Array, progressive: boolean): Frame {
  const [bits = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, count = 0] = segment;
  const [height, width] = [(heightHigh << 8) | heightLow, (widthHigh << 8) | widthLow];
  if (bits !== 8 || width === 0 || height === 0 || (count !== 1 && count !== 3) || segment.length < 6 + 3 * count)
    throw new NotPlain('not 8 bits of one or three colours');
  const parts = Array.from({ length: count }, (_, i) => {
    const [id = 0, factors = 0, quantisation = 0] = segment.subarray(6 + 3 * i);
    return { id, h: factors >> 4, v: factors & 15, quantisation };
  });
  if (parts.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) throw new NotPlain('damaged sampling factors');
  const [luma, ...chroma] = parts;
  if (chroma.some(({ h, v }) => h !== 1 || v !== 1) || !lumaSamplings.has(`${luma?.h}x${luma?.v}`))
    throw new NotPlain('an unusual subsampling of colours');
  const [maxH, maxV] = [Math.max(...parts.map(({ h }) => h)), Math.max(...parts.map(({ v }) => v))];
  const [unitsWide, unitsHigh] = [Math.ceil(width / (8 * maxH)), Math.ceil(height / (8 * maxV))];
  const components = parts.map(({ id, h, v, quantisation }): Component => {
    const [ownWidth, ownHeight] = [Math.ceil((width * h) / maxH), Math.ceil((height * v) / maxV)];
    const [storedWide, storedHigh] = [unitsWide * h, unitsHigh * v];
    return {
      id,
      h,
      v,
      quantisation,
      width: ownWidth,
      height: ownHeight,
      blocksWide: Math.ceil(ownWidth / 8),
      blocksHigh: Math.ceil(ownHeight / 8),
      storedWide,
      storedHigh,
      coefficients: new Int16Array(storedWide * storedHigh * 64),
    };
  });
  return { width, height, progressive, components, maxH, maxV };
}

/** Returns the byte of the marker behind the scan. */
function readOneScan(
  bytes: Uint8Array,
  { segment, end }: { readonly segment: Uint8Array; readonly end: number },
  { frame, tables, progress }: { readonly frame: Frame; readonly tables: Tables; readonly progress: Progress },
): number {
  const count = segment[0] ?? 0;
  if (count < 1 || count > frame.components.length || segment.length < 4 + 2 * count)
    throw new NotPlain('a damaged scan header');
  const components = Array.from({ length: count }, (_, i): ScanComponent => {
    const [id = 0, numbers = 0] = segment.subarray(1 + 2 * i);
    const component = frame.components.find((each) => each.id === id);
    if (component === undefined) throw new NotPlain('a scan of an unknown component');
    return { component, dc: tables.dc[numbers >> 4], ac: tables.ac[numbers & 15] };
  });
  const [first = 0, last = 0, bits = 0] = segment.subarray(1 + 2 * count);
  const [high, low] = [bits >> 4, bits & 15];
  if (frame.progressive && (first > last || last > 63 || low > 13 || (first > 0 && count > 1)))
    throw new NotPlain('a damaged scan header');
  const band = frame.progressive ? { first, last } : { first: 0, last: 63 };
  for (const { component } of components)
    noteProgress(progress, component, { ...band, low: frame.progressive ? low : 0 });
  return readScan(bytes, frame, { components, ...band, high, low, restartInterval: tables.restartInterval, at: end });
}

function noteProgress(
  progress: Progress,
  component: Component,
  { first, last, low }: { readonly first: number; readonly last: number; readonly low: number },
): void {
  const missing = progress.get(component) ?? new Int8Array(64).fill(-1);
  missing.fill(low, first, last + 1);
  progress.set(component, missing);
}

/** Where scans are missing libjpeg smooths what it has; that is no plain picture. */
function checkComplete(frame: Frame, progress: Progress): void {
  for (const component of frame.components)
    if (progress.get(component)?.every((bits) => bits === 0) !== true) throw new NotPlain('scans are missing');
}

/** libjpeg's guess: markers first, then the components' names. */
function coloursOf(
  { components }: Frame,
  { jfif, adobe }: { readonly jfif: boolean; readonly adobe: number | undefined },
): StoredColours {
  if (components.length === 1) return 'grey';
  if (jfif) return 'ycc';
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ycc';
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB' ? 'rgb' : 'ycc';
}
