// A picture file without what says nothing of its pixels and costs a general decoder time without bound: an EXIF block of
// 64 kB whose directories name each other takes libexif a minute, a megabyte of compressed text a second.
import { exifOrientation } from './exif.ts';
import type { ImageFormat } from './sniff.ts';

export interface LeanFile {
  /** The very bytes given where there was nothing to leave out. */
  readonly bytes: Uint8Array;
  /** EXIF orientation 1–8; undefined where the decoder knows it (TIFF) or has undone it (AVIF). */
  readonly orientation: number | undefined;
}

/** Damaged files come back as far as they could be followed; nothing is thrown. */
export function leanFile(bytes: Uint8Array, format: ImageFormat): LeanFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'jpeg':
      return leanJpeg(buffer);
    case 'png':
      return leanPng(buffer);
    case 'webp':
      return leanWebp(buffer);
    case 'avif':
      return { bytes: withoutAvifExif(buffer), orientation: undefined };
    case 'gif':
    case 'bmp':
    case 'tiff':
    case 'heif':
    case 'svg':
      return { bytes, orientation: undefined };
  }
}

/** Bytes that replace others of the same length, so that no length and no offset changes. */
interface Patch {
  readonly at: number;
  readonly text: string;
}

function patched(bytes: Buffer, patches: readonly Patch[]): Buffer {
  if (patches.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  for (const { at, text } of patches) copy.write(text, at, 'latin1');
  return copy;
}

const orientationOf = (blocks: readonly Buffer[]): number =>
  blocks.map(exifOrientation).find((found) => found !== undefined) ?? 1;

/** Segments up to the first scan: there the decoders stop looking for EXIF. */
function leanJpeg(bytes: Buffer): LeanFile {
  const patches: Patch[] = [];
  const blocks: Buffer[] = [];
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break;
    if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (marker === 0xe1 && bytes.toString('latin1', at + 4, at + 8) === 'Exif') {
      patches.push({ at: at + 4, text: 'none' });
      blocks.push(bytes.subarray(at + 4, end));
    }
    at = end;
  }
  return { bytes: patched(bytes, patches), orientation: orientationOf(blocks) };
}

/** EXIF and compressed text. Chunks carry checksums, so these are cut out. */
const leftOutOfPng: ReadonlySet<string> = new Set(['eXIf', 'zTXt', 'iTXt']);

function leanPng(bytes: Buffer): LeanFile {
  const kept: Buffer[] = [];
  const blocks: Buffer[] = [];
  let keptFrom = 0;
  let at = 8;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (leftOutOfPng.has(type)) {
      kept.push(bytes.subarray(keptFrom, at));
      keptFrom = Math.min(end, bytes.length);
      if (type === 'eXIf') blocks.push(bytes.subarray(at + 8, end - 4));
    }
    at = end;
  }
  const lean = kept.length === 0 ? bytes : Buffer.concat([...kept, bytes.subarray(keptFrom)]);
  return { bytes: lean, orientation: orientationOf(blocks) };
}

function leanWebp(bytes: Buffer): LeanFile {
  const patches: Patch[] = [];
  const blocks: Buffer[] = [];
  let at = 12;
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.toString('latin1', at, at + 4) === 'EXIF') {
      patches.push({ at, text: 'none' });
      blocks.push(bytes.subarray(at + 8, at + 8 + length));
    }
    // Chunks begin at even places.
    at += 8 + length + (length % 2);
  }
  return { bytes: patched(bytes, patches), orientation: orientationOf(blocks) };
}

/** Items of the type `Exif`, in whatever case, by their entries in the list of items (ISO 14496-12, `infe`). */
function withoutAvifExif(bytes: Buffer): Buffer {
  const patches: Patch[] = [];
  for (let at = bytes.indexOf('infe', 0, 'latin1'); at >= 0; at = bytes.indexOf('infe', at + 4, 'latin1'))
    // The item's number has two bytes or four, by the version.
    for (const type of [at + 12, at + 14])
      if (/^exif$/i.test(bytes.toString('latin1', type, type + 4))) patches.push({ at: type, text: 'none' });
  return patched(bytes, patches);
}
