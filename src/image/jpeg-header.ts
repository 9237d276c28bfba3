// The facts in a JPEG's header, read without decoding (ITU-T T.81 annex B).
import { exifOrientation } from './exif.ts';

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: number;
  readonly bitDepth: number;
  readonly progressive: boolean;
  /** Passes over the picture that a decoder makes; counted no further than `maxJpegScans` and one. */
  readonly scans: number;
  /** EXIF orientation 1–8; 1 where none is stated. */
  readonly orientation: number;
}

/**
 * Encoders make about ten. Each costs a pass over all blocks, and may take a hundred bytes of the file: without a limit,
 * a small file keeps a decoder busy for minutes.
 */
export const maxJpegScans = 100;

/** Reads up to the frame header; undefined when there is none (damaged or cut off before it). */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes, and markers that stand alone.
    if (marker === 0xff || marker === 0x01 || marker === 0x00 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return undefined;
    const length = view.getUint16(at + 2);
    if (isFrameHeader(marker)) {
      if (at + 10 > bytes.length) return undefined;
      const components = view.getUint8(at + 9);
      const sequential = marker === 0xc0 || marker === 0xc1;
      return {
        bitDepth: view.getUint8(at + 4),
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components,
        progressive: marker === 0xc2 || marker === 0xca,
        scans: countScans(bytes, at + 2 + length, sequential ? components : Infinity),
        orientation,
      };
    }
    if (marker === 0xe1) orientation = exifOrientation(bytes.subarray(at + 4, at + 2 + length)) ?? orientation;
    at += 2 + length;
  }
  return undefined;
}

/**
 * From `start`, behind the frame header. A first scan with `enough` components is the last that a decoder reads. Coded data
 * never holds 0xff but before a zero or a restart marker, so that every other one begins a segment.
 */
function countScans(bytes: Uint8Array, start: number, enough: number): number {
  let scans = 0;
  let at = start;
  while (scans <= maxJpegScans) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 4 > bytes.length) break;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) break;
    if (marker === 0xff) at += 1;
    else if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else {
      if (marker === 0xda) scans++;
      if (scans === 1 && marker === 0xda && (bytes[at + 4] ?? 0) >= enough) break;
      at += 2 + 256 * (bytes[at + 2] ?? 0) + (bytes[at + 3] ?? 0);
    }
  }
  return scans;
}

/** SOF0–SOF15 without the tables (DHT, JPG, DAC) that share their range. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
