// Plain JPEGs decoded in JavaScript to the very bytes that libjpeg-turbo gives the service (decode.ts), which Chromium's
// own decoder does not give: it computes the cosine transform more exactly, and that alone moves probabilities by up to
// 0.05. Only the page uses it. No Node imports: this also runs in a browser.
import type { Pixels } from '../pixels.ts';
import { toRgb } from './colour.ts';
import { NotPlain } from './frame.ts';
import { samplesOf, scaleQuantisation } from './inverse-dct.ts';
import { readPlainJpeg, type PlainJpeg } from './segments.ts';
import { upsample } from './upsample.ts';

/**
 * The picture as it is stored: the EXIF orientation is not applied. Undefined for what the service does not give to
 * libjpeg-turbo either, or takes back from it: no JPEG, four colours, more than 8 bits,
 * arithmetic coding, rare subsamplings, damaged or incomplete data.
 */
export function decodePlainJpeg(bytes: Uint8Array): Pixels | undefined {
  try {
    return pixelsOf(readPlainJpeg(bytes));
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

function pixelsOf({ frame, quantisation, colours }: PlainJpeg): Pixels {
  const planes = frame.components.map((component) => {
    const table = quantisation[component.quantisation];
    if (table === undefined) throw new NotPlain('a quantisation table is missing');
    const { width, height, storedWide } = component;
    const data = samplesOf(component, scaleQuantisation(table));
    return upsample({ data, stride: storedWide * 8, width, height }, component, frame);
  });
  const { width, height } = frame;
  return { width, height, data: toRgb(planes, colours, { width, height }) };
}
