// A drawn picture as the bytes of a JPEG file, as compressed as photos are.
import jpegTurbo from '@julusian/jpeg-turbo';
import { createRandom } from '../../core/index.ts';
import type { AnimalLabel } from './animal.ts';
import { chance } from './coat.ts';
import { drawAnimal } from './scene.ts';

/** Raised whenever the same seed draws other pictures than before; a test holds it against their checksums. */
export const drawingVersion = 1;

export interface DrawSampleOptions {
  readonly label: AnimalLabel;
  readonly seed: number;
  /** Which picture of its class, from 0. It depends on seed, label and index alone, not on how many are drawn. */
  readonly index: number;
  readonly sizePx?: number;
}

/** Picture `index` of the sample data set as a JPEG (quality 55 to 95). The same arguments give the same bytes. */
export function drawSample({ label, seed, index, sizePx }: DrawSampleOptions): Buffer {
  const random = createRandom(seed, 'drawn sample', label, index);
  const { width, height, data } = drawAnimal({ label, random, ...(sizePx === undefined ? {} : { sizePx }) });
  const { compressSync, FORMAT_RGB, SAMP_420, SAMP_444 } = jpegTurbo;
  return compressSync(Buffer.from(data.buffer, data.byteOffset, data.byteLength), {
    format: FORMAT_RGB,
    width,
    height,
    subsampling: chance(random, 0.8) ? SAMP_420 : SAMP_444,
    quality: 55 + random.integer(41),
  });
}
