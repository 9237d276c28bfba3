// Makes src/image/charts/inter/glyphs.txt, the letters that charts are drawn with: outlines out of the WOFF files of the
// npm package @fontsource/inter (SIL Open Font License 1.1). Run once per font version, the table is committed:
//   npm pack @fontsource/inter@5.3.0 && tar xzf fontsource-inter-5.3.0.tgz
//   node scripts/chart-glyphs.ts package/files/inter-{latin,latin-ext,greek,cyrillic}-500-normal.woff
import { readFileSync, writeFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

type Point = { readonly x: number; readonly y: number; readonly onCurve: boolean };

/** Units of the table: an em is 1000 high, so that whole numbers are fine enough. */
const unitsPerEm = 1000;
const wanted: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x384, 0x3ce],
  [0x400, 0x45f],
  [0x2010, 0x2026],
  [0x2030, 0x203a],
  [0x2212, 0x2212],
  [0xfffd, 0xfffd],
];

/** The tables of a WOFF 1 file by tag, unpacked. */
function readTables(file: Buffer): Map<string, Buffer> {
  if (file.toString('latin1', 0, 4) !== 'wOFF') throw new Error('not a WOFF 1 file');
  const tables = new Map<string, Buffer>();
  for (let i = 0; i < file.readUInt16BE(12); i++) {
    const entry = 44 + i * 20;
    const [offset, packed, length] = [4, 8, 12].map((at) => file.readUInt32BE(entry + at));
    if (offset === undefined || packed === undefined || length === undefined) throw new Error('truncated');
    const bytes = file.subarray(offset, offset + packed);
    tables.set(file.toString('latin1', entry, entry + 4), packed < length ? inflateSync(bytes) : bytes);
  }
  return tables;
}

/** Character code → glyph number, from the format 4 subtable. */
function readCharacterMap(cmap: Buffer): (code: number) => number {
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const at = cmap.readUInt32BE(4 + i * 8 + 4);
    if (cmap.readUInt16BE(at) !== 4) continue;
    const segments = cmap.readUInt16BE(at + 6);
    const [ends, starts] = [at + 14, at + 16 + segments];
    return (code) => {
      for (let s = 0; s < segments; s += 2) {
        if (cmap.readUInt16BE(ends + s) < code) continue;
        const start = cmap.readUInt16BE(starts + s);
        if (start > code) return 0;
        const delta = cmap.readUInt16BE(starts + segments + s);
        const rangeAt = starts + 2 * segments + s;
        const range = cmap.readUInt16BE(rangeAt);
        if (range === 0) return (code + delta) & 0xffff;
        const glyph = cmap.readUInt16BE(rangeAt + range + 2 * (code - start));
        return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
      }
      return 0;
    };
  }
  throw new Error('no format 4 character map');
}

/** Contours of a simple glyph (its end points follow the 10 bytes of the header). */
function readSimple(glyph: Buffer, contourCount: number): Point[][] {
  const ends = Array.from({ length: contourCount }, (_, i) => glyph.readUInt16BE(10 + 2 * i));
  const pointCount = (ends.at(-1) ?? -1) + 1;
  let at = 10 + 2 * contourCount;
  at += 2 + glyph.readUInt16BE(at);
  const flags: number[] = [];
  while (flags.length < pointCount) {
    const flag = glyph.readUInt8(at++);
    const repeats = (flag & 8) === 0 ? 0 : glyph.readUInt8(at++);
    for (let i = 0; i <= repeats; i++) flags.push(flag);
  }
  const readAxis = (shortBit: number, sameBit: number): number[] => {
    let value = 0;
    return flags.map((flag) => {
      if ((flag & shortBit) !== 0) value += (flag & sameBit) !== 0 ? glyph.readUInt8(at++) : -glyph.readUInt8(at++);
      else if ((flag & sameBit) === 0) value += glyph.readInt16BE((at += 2) - 2);
      return value;
    });
  };
  const xs = readAxis(2, 16);
  const ys = readAxis(4, 32);
  const points = flags.map((flag, i) => ({ x: xs[i] ?? 0, y: ys[i] ?? 0, onCurve: (flag & 1) !== 0 }));
  return ends.map((end, i) => points.slice(i === 0 ? 0 : (ends[i - 1] ?? 0) + 1, end + 1));
}

/** Contours of a composite glyph: parts of others, moved (Inter's accents are neither scaled nor matched by points). */
function readComposite(glyph: Buffer, contoursOf: (glyph: number) => Point[][]): Point[][] {
  const contours: Point[][] = [];
  for (let at = 10, more = true; more;) {
    const flags = glyph.readUInt16BE(at);
    const part = glyph.readUInt16BE(at + 2);
    const wide = (flags & 1) !== 0;
    if ((flags & 2) === 0 || (flags & 0xc8) !== 0) throw new Error(`glyph part ${part} is scaled or matched by points`);
    const dx = wide ? glyph.readInt16BE(at + 4) : glyph.readInt8(at + 4);
    const dy = wide ? glyph.readInt16BE(at + 6) : glyph.readInt8(at + 5);
    contours.push(...contoursOf(part).map((c) => c.map(({ x, y, onCurve }) => ({ x: x + dx, y: y + dy, onCurve }))));
    at += wide ? 8 : 6;
    more = (flags & 0x20) !== 0;
  }
  return contours;
}

/** SVG path data, relative, y downwards: quadratic curves, implied points between two control points put in. */
function toPath(contours: readonly Point[][], scale: number): string {
  const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, onCurve: true });
  let [penX, penY] = [0, 0];
  const relative = (command: string, ...points: readonly Point[]): string => {
    const rounded = points.map(({ x, y }) => [Math.round(x * scale), Math.round(-y * scale)] as const);
    const numbers = rounded.flatMap(([x, y]) => [x - penX, y - penY]);
    [penX, penY] = rounded.at(-1) ?? [penX, penY];
    return command + numbers.join(' ').replaceAll(' -', '-');
  };
  const drawContour = (contour: readonly Point[]): string => {
    const firstOn = contour.findIndex(({ onCurve }) => onCurve);
    const ring = [...contour.slice(firstOn), ...contour.slice(0, firstOn)];
    const start = ring[0];
    if (start === undefined || firstOn < 0) throw new Error('a contour without a point on the curve');
    let path = relative('m', start);
    for (let i = 1; i < ring.length; i++) {
      const point = ring[i] ?? start;
      const next = ring[i + 1] ?? start;
      if (point.onCurve) path += relative('l', point);
      else path += relative('q', point, next.onCurve ? next : middle(point, next));
      if (!point.onCurve && next.onCurve) i++;
    }
    // Closing moves the pen back to where the contour began.
    [penX, penY] = [Math.round(start.x * scale), Math.round(-start.y * scale)];
    return `${path}z`;
  };
  return contours.map(drawContour).join('');
}

function readFont(path: string): Map<number, string> {
  const tables = readTables(readFileSync(path));
  const table = (tag: string): Buffer => {
    const bytes = tables.get(tag);
    if (bytes === undefined) throw new Error(`${path} has no table ${tag}`);
    return bytes;
  };
  const [head, hhea, hmtx, loca, glyf] = [table('head'), table('hhea'), table('hmtx'), table('loca'), table('glyf')];
  const scale = unitsPerEm / head.readUInt16BE(18);
  const glyphOf = readCharacterMap(table('cmap'));
  const offset = (glyph: number): number =>
    head.readInt16BE(50) === 0 ? 2 * loca.readUInt16BE(2 * glyph) : loca.readUInt32BE(4 * glyph);
  const contoursOf = (number: number): Point[][] => {
    const glyph = glyf.subarray(offset(number), offset(number + 1));
    if (glyph.length === 0) return [];
    const contourCount = glyph.readInt16BE(0);
    return contourCount < 0 ? readComposite(glyph, contoursOf) : readSimple(glyph, contourCount);
  };
  const glyphs = new Map<number, string>();
  for (const [first, last] of wanted)
    for (let code = first; code <= last; code++) {
      const glyph = glyphOf(code);
      if (glyph === 0) continue;
      const widest = hhea.readUInt16BE(34) - 1;
      const advance = Math.round(hmtx.readUInt16BE(4 * Math.min(glyph, widest)) * scale);
      glyphs.set(code, `${code.toString(16)} ${advance} ${toPath(contoursOf(glyph), scale)}`.trimEnd());
    }
  return glyphs;
}

const glyphs = new Map(process.argv.slice(2).flatMap((path) => [...readFont(path)]));
const lines = [...glyphs].sort(([a], [b]) => a - b).map(([, line]) => line);
const header = [
  '# Outlines of Inter Medium, copyright 2016 The Inter Project Authors, SIL Open Font License 1.1 (LICENSE.txt).',
  '# Made by scripts/chart-glyphs.ts. A line a character: code point (hex), advance width, path; 1000 units an em.',
];
writeFileSync(
  new URL('../src/image/charts/inter/glyphs.txt', import.meta.url),
  `${[...header, ...lines].join('\n')}\n`,
);
process.stdout.write(`${lines.length} characters\n`);
