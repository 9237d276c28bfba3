// A photo's pixels in the browser as the service sees them. Plain JPEGs go through the service's arithmetic in
// JavaScript, for the browser's own decoder rounds otherwise; everything else through the browser's decoder, which is
// where the service uses a general one too.
import { decodePlainJpeg } from '../code/image/fast-jpeg/index.js';
import { readJpegHeader } from '../code/image/jpeg-header.js';
import { upright } from '../code/image/upright.js';

/** What lies under transparent pixels, as in the service. */
const grey = 128;

/**
 * @param {Blob} photo
 * @returns {Promise<{ width: number, height: number, data: Uint8Array }>} RGB, upright
 */
export async function pixelsOf(photo) {
  const bytes = new Uint8Array(await photo.arrayBuffer());
  const plain = decodePlainJpeg(bytes);
  if (plain !== undefined) return upright(plain, readJpegHeader(bytes)?.orientation ?? 1);
  const bitmap = await createImageBitmap(photo, {
    imageOrientation: 'from-image',
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  }).catch(() => {
    throw new Error('This browser cannot read the picture. The service may: switch off “Answer in this browser”.');
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('This browser gives no access to pixels.');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: flatten(context.getImageData(0, 0, width, height).data) };
}

/** @param {Uint8ClampedArray} rgba */
function flatten(rgba) {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3] ?? 255;
    for (let channel = 0; channel < 3; channel++)
      rgb[to++] = Math.floor(((rgba[from + channel] ?? 0) * alpha + grey * (255 - alpha)) / 255);
  }
  return rgb;
}
