// Which format bytes are in, by their first bytes; names and content types are never trusted.

export const imageFormats = ['jpeg', 'png', 'gif', 'webp', 'bmp', 'tiff', 'avif', 'heif', 'svg'] as const;
export type ImageFormat = (typeof imageFormats)[number];

/** Bytes that `sniffFormat` needs to see. */
export const sniffLength = 512;

const ascii = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + length));

const isoBrands: Readonly<Record<string, ImageFormat>> = {
  avif: 'avif',
  avis: 'avif',
  heic: 'heif',
  heix: 'heif',
  hevc: 'heif',
  mif1: 'heif',
  msf1: 'heif',
};

/** The picture format of the bytes; undefined when they are no picture that is known. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (bytes[0] === 0x89 && ascii(bytes, 1, 7) === 'PNG\r\n\x1a\n') return 'png';
  if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return 'gif';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'webp';
  if (ascii(bytes, 0, 4) === 'II*\0' || ascii(bytes, 0, 4) === 'MM\0*') return 'tiff';
  if (ascii(bytes, 4, 4) === 'ftyp') return isoBrands[ascii(bytes, 8, 4)];
  // "BM", a file size, two reserved zeros
  if (ascii(bytes, 0, 2) === 'BM' && bytes.length >= 26 && ascii(bytes, 6, 4) === '\0\0\0\0') return 'bmp';
  const text = ascii(bytes, 0, Math.min(bytes.length, sniffLength));
  return /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s/>]/i.test(
    text.replace(/^ï»¿/, ''),
  )
    ? 'svg'
    : undefined;
}

/**
 * Whether bytes of this format lack the marker that ends a whole file (or are shorter than they say). Only to name
 * what a decoder already refused: some whole files carry bytes after their end.
 */
export function lacksEnding(bytes: Uint8Array, format: ImageFormat): boolean {
  let end = bytes.length;
  // Copies are sometimes padded with zeros.
  while (end > 0 && bytes[end - 1] === 0 && format !== 'webp') end--;
  switch (format) {
    case 'jpeg':
      return end < 2 || bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9;
    case 'png':
      return !ascii(bytes, Math.max(0, end - 64), 64).includes('IEND');
    case 'gif':
      return bytes[end - 1] !== 0x3b;
    case 'webp':
      return bytes.length < 12 || new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8 > bytes.length;
    case 'bmp':
    case 'tiff':
    case 'avif':
    case 'heif':
    case 'svg':
      return false;
  }
}
