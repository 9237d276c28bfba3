// Windows bitmaps, which sharp does not read and old photo collections contain: uncompressed, 1 to 32 bits a pixel.
// (BITMAPCOREHEADER and BITMAPINFOHEADER onwards, as Microsoft's documentation of the format lays them out.)
import { PawprintError } from '../core/index.ts';
import type { Pixels } from './pixels.ts';

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** 1, 4, 8, 24 or 32. */
  readonly bitsPerPixel: number;
  /** Rows are stored from the top, not from the bottom. */
  readonly topDown: boolean;
  /** Byte of the first stored row; of the palette; bytes of a palette entry. */
  readonly pixelsAt: number;
  readonly paletteAt: number;
  readonly paletteEntryBytes: number;
}

const coreHeaderBytes = 12;
const infoHeaderBytes = 40;
/** Value of the compression field for channel masks; they stand behind the header and are nearly always these. */
const bitFields = 3;
const usualMasks = [0x00ff0000, 0x0000ff00, 0x000000ff];

/** Reads the header. Throws IMAGE_UNREADABLE for a damaged one, IMAGE_UNSUPPORTED for compressed and 16-bit bitmaps. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26) throw damaged('the BMP picture is truncated', `${bytes.length} bytes`);
  const headerBytes = view.getUint32(14, true);
  const pixelsAt = view.getUint32(10, true);
  if (headerBytes === coreHeaderBytes)
    return checked({
      width: view.getUint16(18, true),
      height: view.getUint16(20, true),
      bitsPerPixel: view.getUint16(24, true),
      topDown: false,
      pixelsAt,
      paletteAt: 14 + coreHeaderBytes,
      paletteEntryBytes: 3,
    });
  if (headerBytes < infoHeaderBytes || headerBytes > 256 || bytes.length < 14 + infoHeaderBytes)
    throw damaged('the header of the BMP picture is damaged', `a header of ${headerBytes} bytes`);
  const bitsPerPixel = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const masked = compression === bitFields && bitsPerPixel === 32 && bytes.length >= 66;
  if (compression !== 0 && !(masked && usualMasks.every((mask, i) => view.getUint32(54 + 4 * i, true) === mask)))
    throw unsupported(`compression ${compression}`);
  const height = view.getInt32(22, true);
  return checked({
    width: view.getInt32(18, true),
    height: Math.abs(height),
    bitsPerPixel,
    topDown: height < 0,
    pixelsAt,
    paletteAt: 14 + headerBytes,
    paletteEntryBytes: 4,
  });
}

function checked(header: BmpHeader): BmpHeader {
  const { width, height, bitsPerPixel } = header;
  if (width <= 0 || height <= 0)
    throw damaged('the header of the BMP picture is damaged', `${width} × ${height} pixels`);
  if (![1, 4, 8, 24, 32].includes(bitsPerPixel)) throw unsupported(`${bitsPerPixel} bits a pixel`);
  return header;
}

/**
 * Decodes to 8-bit RGB; the fourth byte of 32-bit pixels is not looked at. Throws IMAGE_UNREADABLE when rows are
 * missing, unless that is tolerated: they are then grey.
 */
export function decodeBmp(
  bytes: Uint8Array,
  header: BmpHeader,
  { tolerateTruncation = false }: { readonly tolerateTruncation?: boolean } = {},
): Pixels {
  const { width, height, bitsPerPixel, pixelsAt } = header;
  // Rows end on a multiple of four bytes.
  const stride = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const available = Math.floor((bytes.length - pixelsAt) / stride);
  if (available < height && !tolerateTruncation)
    throw damaged('the BMP picture is truncated', `${Math.max(0, available)} of ${height} rows`);
  const data = new Uint8Array(width * height * 3).fill(128);
  const readPixel = bitsPerPixel > 8 ? direct(bitsPerPixel / 8) : indexed(bytes, header);
  for (let stored = 0; stored < Math.min(height, available); stored++) {
    const row = pixelsAt + stored * stride;
    let to = (header.topDown ? stored : height - 1 - stored) * width * 3;
    for (let x = 0; x < width; x++) {
      const at = readPixel(row, x);
      // Stored as blue, green, red.
      data[to++] = bytes[at + 2] ?? 0;
      data[to++] = bytes[at + 1] ?? 0;
      data[to++] = bytes[at] ?? 0;
    }
  }
  return { width, height, data };
}

/** Where pixel x of a row has its colour. */
type PixelReader = (row: number, x: number) => number;

function direct(pixelBytes: number): PixelReader {
  return (row, x) => row + x * pixelBytes;
}

function indexed(bytes: Uint8Array, { bitsPerPixel: bits, paletteAt, paletteEntryBytes }: BmpHeader): PixelReader {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  return (row, x) => {
    const shift = 8 - bits * ((x % perByte) + 1);
    const index = ((bytes[row + Math.floor(x / perByte)] ?? 0) >> shift) & mask;
    return paletteAt + index * paletteEntryBytes;
  };
}

function damaged(message: string, received: string): PawprintError {
  return new PawprintError('IMAGE_UNREADABLE', {
    message,
    expected: 'a whole BMP file',
    received,
    hint: 'Copy the file again, or remove it.',
  });
}

function unsupported(received: string): PawprintError {
  return new PawprintError('IMAGE_UNSUPPORTED', {
    message: 'this kind of BMP file cannot be decoded',
    expected: 'an uncompressed bitmap of 1, 4, 8, 24 or 32 bits a pixel',
    received,
    hint: 'Convert it to JPEG or PNG.',
  });
}
