// Charts as PNG files.
import sharp from 'sharp';

/** Renders an SVG document; `scale` 2 (the default) is sharp on high-resolution screens. Returns the bytes of a PNG. */
export async function renderPng(svg: string, scale = 2): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png({ compressionLevel: 9, palette: true, quality: 100 })
    .toBuffer();
}
