// A planar record as a JPEG: the thumbnails of report pages.
import jpegTurbo from '@julusian/jpeg-turbo';

/** The record [3, S, S] (uint8, planar RGB) as the bytes of an S × S JPEG; `quality` 1 to 100. */
export function recordToJpeg(record: Uint8Array, sizePx: number, quality = 80): Buffer {
  const plane = sizePx ** 2;
  const interleaved = Buffer.allocUnsafe(3 * plane);
  for (let i = 0; i < plane; i++)
    for (let channel = 0; channel < 3; channel++) interleaved[3 * i + channel] = record[channel * plane + i] ?? 0;
  const { compressSync, FORMAT_RGB, SAMP_444 } = jpegTurbo;
  return compressSync(interleaved, {
    format: FORMAT_RGB,
    width: sizePx,
    height: sizePx,
    subsampling: SAMP_444,
    quality,
  });
}
