// Text in charts is drawn as outlines (Inter, committed beside this file), so that it looks the same everywhere and is
// there at all on a machine without fonts. Only writing the table does not cover is left to the machine's own fonts.
import { readFileSync } from 'node:fs';
import { escapeHtml } from '../html/index.ts';
import { element, formatCoordinate } from './svg.ts';

interface Glyph {
  /** Advance width, 1000 units an em. */
  readonly advance: number;
  readonly path: string;
}

/** Characters the font files lack: thin spaces, and a box for what cannot be shown. */
const ownGlyphs: readonly (readonly [string, Glyph])[] = [
  ['\u2009', { advance: 200, path: '' }],
  ['\u202f', { advance: 200, path: '' }],
  ['\ufffd', { advance: 640, path: 'm80 0l0-720l480 0l0 720zm60-60l360 0l0-600l-360 0z' }],
];

function readGlyphs(): ReadonlyMap<string, Glyph> {
  const lines = readFileSync(new URL('./inter/glyphs.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const rows = lines
    .filter((line) => !line.startsWith('#'))
    .map((line): [string, Glyph] => {
      const [code = '', advance = '', ...path] = line.split(' ');
      return [String.fromCodePoint(parseInt(code, 16)), { advance: Number(advance), path: path.join(' ') }];
    });
  return new Map([...ownGlyphs, ...rows]);
}

const glyphs = readGlyphs();
const unitsPerEm = 1000;
/** Width of a character that the table lacks: CJK and emoji are an em wide. */
const unknownAdvance = 1000;

export interface TextStyle {
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  /** Font size, pixels. */
  readonly sizePx: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly fill?: string;
  readonly bold?: boolean;
  /** Degrees clockwise about (x, y). */
  readonly rotate?: number;
  /** A rim of this colour that keeps the text readable over lines. */
  readonly halo?: string;
}

// Control characters would make the document unreadable.
function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\ufffd')
    .normalize('NFC');
}

/** Width of `text` at `sizePx`, pixels. */
export function measureText(text: string, sizePx: number): number {
  let units = 0;
  for (const character of cleanText(text)) units += glyphs.get(character)?.advance ?? unknownAdvance;
  return (units * sizePx) / unitsPerEm;
}

/** `text`, cut with an ellipsis where it is wider than `maxWidthPx`. */
export function fitText(text: string, sizePx: number, maxWidthPx: number): string {
  if (measureText(text, sizePx) <= maxWidthPx) return text;
  const characters = Array.from(cleanText(text));
  while (characters.length > 1 && measureText(`${characters.join('')}…`, sizePx) > maxWidthPx) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** `text` in lines of at most `maxWidthPx`, broken at spaces. */
export function wrapText(text: string, sizePx: number, maxWidthPx: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && measureText(longer, sizePx) <= maxWidthPx) lines[lines.length - 1] = longer;
    else lines.push(fitText(word, sizePx, maxWidthPx));
  }
  return lines;
}

/** One line of text as markup. Its outlines are added by chartDocument, which finds them by the references made here. */
export function drawText(text: string, style: TextStyle): string {
  const clean = cleanText(text);
  const { x, y, sizePx, anchor = 'start', fill = '#1d2530', bold = false, rotate, halo } = style;
  const turn = rotate === undefined ? '' : ` rotate(${formatCoordinate(rotate)})`;
  const place = `translate(${formatCoordinate(x)} ${formatCoordinate(y)})${turn}`;
  const stroke = halo ?? (bold ? fill : undefined);
  const rim = {
    stroke,
    'stroke-linejoin': stroke === undefined ? undefined : 'round',
    'paint-order': halo === undefined ? undefined : 'stroke',
  };
  if (Array.from(clean).some((character) => !glyphs.has(character)))
    return element(
      'text',
      {
        transform: place,
        fill,
        'font-size': sizePx,
        'font-family': 'sans-serif',
        'font-weight': bold ? 'bold' : undefined,
        'text-anchor': anchor === 'start' ? undefined : anchor,
      },
      escapeHtml(clean),
    );
  const shift = { start: 0, middle: -0.5, end: -1 }[anchor] * measureText(clean, sizePx);
  const scale = Math.round((sizePx / unitsPerEm) * 1e5) / 1e5;
  let pen = 0;
  let uses = '';
  for (const character of clean) {
    const glyph = glyphs.get(character);
    if (glyph !== undefined && glyph.path !== '')
      uses += `<use href="#${glyphId(character)}"${pen === 0 ? '' : ` x="${pen}"`}/>`;
    pen += glyph?.advance ?? 0;
  }
  const transform = `${place}${shift === 0 ? '' : ` translate(${formatCoordinate(shift)} 0)`} scale(${scale})`;
  // The stroke is in the table's units: 34 of 1000 turn Medium into SemiBold; a halo is 3 px wide.
  const width = stroke === undefined ? undefined : halo === undefined ? 34 : 3 / scale;
  return element('g', { transform, fill, ...rim, 'stroke-width': width }, uses);
}

function glyphId(character: string): string {
  return `g${(character.codePointAt(0) ?? 0).toString(16)}`;
}

/** The <path> elements that the <use> elements in `markup` refer to. */
export function glyphDefinitions(markup: string): string {
  const used = new Set([...markup.matchAll(/<use href="#g([0-9a-f]+)"/g)].map(([, code = '']) => parseInt(code, 16)));
  return [...used]
    .sort((a, b) => a - b)
    .map((code) => String.fromCodePoint(code))
    .map((character) => `<path id="${glyphId(character)}" d="${glyphs.get(character)?.path ?? ''}"/>`)
    .join('');
}
