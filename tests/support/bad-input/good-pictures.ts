// Pictures that are unusual but good: every format, depth, colour space and orientation, down to one pixel. The service
// answers each as `pawprint predict` does; the broken ones are made out of these.
import sharp, { type Sharp } from 'sharp';
import { drawSample } from '../../../src/image/index.ts';
import {
  exifSegment,
  pngChunk,
  tiffOf,
  withJpegSegments,
  withPngChunks,
} from '../../../src/image/test-vectors/picture-bytes.ts';

const drawn = (index: number, sizePx: number): Buffer =>
  drawSample({ label: index % 2 === 0 ? 'cat' : 'dog', seed: 5, index, sizePx });

/** By name. The same bytes each time. */
export async function goodPictures(): Promise<ReadonlyMap<string, Buffer>> {
  const jpeg = drawn(0, 96);
  const image = sharp(jpeg);
  const frames = await sharp(await sharp(drawn(1, 64)).toBuffer())
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = frames.info;
  const animation = sharp(Buffer.concat([frames.data, frames.data.map((value) => 255 - value), frames.data]), {
    raw: { width, height: 3 * height, channels: 3, pageHeight: height },
  });
  const made: Record<string, Sharp> = {
    'progressive JPEG': image.clone().jpeg({ progressive: true }),
    'grey JPEG': image.clone().toColourspace('b-w').jpeg(),
    'CMYK JPEG': image.clone().toColourspace('cmyk').jpeg(),
    '4:4:4 JPEG': image.clone().jpeg({ chromaSubsampling: '4:4:4' }),
    PNG: image.clone().png(),
    'interlaced PNG': image.clone().png({ progressive: true }),
    '16-bit PNG': image.clone().toColourspace('rgb16').png(),
    'grey PNG': image.clone().toColourspace('b-w').png(),
    '16-bit grey PNG': image.clone().toColourspace('grey16').png(),
    'palette PNG': image.clone().png({ palette: true, colours: 16 }),
    'PNG with alpha': image.clone().ensureAlpha(0.4).png(),
    WebP: image.clone().webp(),
    'lossless WebP': image.clone().webp({ lossless: true }),
    'WebP with alpha': image.clone().ensureAlpha(0.4).webp(),
    'animated WebP': animation.clone().webp(),
    GIF: image.clone().gif(),
    'animated GIF': animation.clone().gif(),
    TIFF: image.clone().tiff({ compression: 'lzw' }),
    'CMYK TIFF': image.clone().toColourspace('cmyk').tiff(),
    'tiled TIFF': image.clone().tiff({ tile: true, tileWidth: 32, tileHeight: 32 }),
    AVIF: image.clone().avif({ effort: 0 }),
    '1 × 1 PNG': sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }).png(),
    '1 × 1 JPEG': sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }).jpeg(),
    '1 × 20000 PNG': sharp({ create: { width: 1, height: 20_000, channels: 3, background: 'red' } }).png(),
    '20000 × 1 JPEG': sharp({ create: { width: 20_000, height: 1, channels: 3, background: 'red' } }).jpeg(),
  };
  const found = new Map([['JPEG', jpeg]]);
  for (const [name, picture] of Object.entries(made)) found.set(name, await picture.toBuffer());
  const png = await image.clone().png().toBuffer();
  for (let orientation = 1; orientation <= 8; orientation++) {
    const tiff = tiffOf([[[0x0112, 3, 1, orientation]]]);
    found.set(`JPEG of EXIF orientation ${orientation}`, withJpegSegments(jpeg, exifSegment(tiff)));
    found.set(`PNG of EXIF orientation ${orientation}`, withPngChunks(png, pngChunk('eXIf', tiff)));
  }
  return found;
}
