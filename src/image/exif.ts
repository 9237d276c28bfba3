// EXIF 2.3, as far as it is needed: how a picture is turned.

/** The orientation 1–8 out of an EXIF block, with or without `Exif\0\0` in front; undefined when it states none. */
export function exifOrientation(block: Uint8Array): number | undefined {
  const tiff = String.fromCharCode(...block.subarray(0, 4)) === 'Exif' ? 6 : 0;
  if (block.length < tiff + 8) return undefined;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const little = view.getUint8(tiff) === 0x49;
  const directory = tiff + view.getUint32(tiff + 4, little);
  if (directory + 2 > block.length) return undefined;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > block.length) return undefined;
    if (view.getUint16(entry, little) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}
