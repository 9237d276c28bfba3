// What the model saw, in numbers: brightness, contrast, sharpness and channel means of a record. A few of statistics.ts's
// numbers, cheap enough for each request; they lie in the prediction log and are what drift is looked for in.
import { luminanceOf } from './luminance.ts';
import { type ImageStatistics, laplacianVariance } from './statistics.ts';

/** As in ImageStatistics, of the record's pixels: comparable between records of one size, not with other sizes. */
export type RecordStatistics = Pick<ImageStatistics, 'brightness' | 'contrast' | 'sharpness' | 'means'>;

/** Statistics of one record: uint8 [3, S, S], planar RGB. Throws when the length is no 3 × S × S. */
export function recordStatistics(record: Uint8Array): RecordStatistics {
  const plane = record.length / 3;
  const side = Math.sqrt(plane);
  if (plane === 0 || !Number.isInteger(side)) throw new Error(`no record [3, S, S]: ${record.length} bytes`);
  const grey = new Uint8Array(plane);
  let [red, green, blue, sum, squares] = [0, 0, 0, 0, 0];
  for (let i = 0; i < plane; i++) {
    const r = record[i] ?? 0;
    const g = record[plane + i] ?? 0;
    const b = record[2 * plane + i] ?? 0;
    const luminance = luminanceOf(r, g, b);
    grey[i] = luminance;
    red += r;
    green += g;
    blue += b;
    sum += luminance;
    squares += luminance * luminance;
  }
  const brightness = sum / plane;
  return {
    brightness,
    contrast: Math.sqrt(Math.max(0, squares / plane - brightness ** 2)),
    sharpness: laplacianVariance(grey, { width: side, height: side }),
    means: [red / plane, green / plane, blue / plane],
  };
}
