// Charts as PNG files.
import { loadSharp } from '../sharp-loader.ts';

/** Renders an SVG document; `scale` 2 (the default) is sharp on high-resolution screens. Returns the bytes of a PNG. */
export async function renderPng(svg: string, scale = 2): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png({ compressionLevel: 9, palette: true, quality: 100 })
    .toBuffer();
}
