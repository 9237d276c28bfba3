// Is an explanation true? Covers the hottest part of a record and looks how much the answer suffers, against the coldest
// part and a random one (occlusion: Zeiler & Fergus 2014). bench/explain.ts prints it, tests require it.
import type { Random } from '../../core/index.ts';
import type { Predictor } from '../predictor.ts';
import type { Explainer } from './explainer.ts';
import { type HeatMap, mapOntoPhoto } from './photo-map.ts';

/** Falls of the predicted class's probability by covering a square; negative where it rose. */
export interface OcclusionDrops {
  readonly hot: number;
  readonly cold: number;
  readonly random: number;
}

export interface Square {
  readonly left: number;
  readonly top: number;
}

export interface OcclusionOptions {
  readonly random: Random;
  /** Share of the record's area that is covered; a quarter unless told. */
  readonly area?: number;
}

/** Explains `record` (uint8 [3, S, S]) and covers one square at a time with the record's mean colour. */
export async function measureOcclusion(
  explainer: Explainer,
  predictor: Predictor,
  record: Uint8Array,
  { random, area = 0.25 }: OcclusionOptions,
): Promise<OcclusionDrops> {
  const { preprocessing } = explainer.metadata;
  const size = preprocessing.imageSizePx;
  const side = Math.round(size * Math.sqrt(area));
  const { map: values, width, height, prediction } = await explainer.explainRecord(record);
  const square = { width: size, height: size };
  const settings = { ...preprocessing, fit: 'stretch' as const };
  const heat = mapOntoPhoto({ values, width, height }, { photo: square, settings, target: square });
  const { hottest, coldest } = extremeSquares(heat, side);
  const anywhere = { left: random.integer(size - side + 1), top: random.integer(size - side + 1) };
  const covered = [hottest, coldest, anywhere].map((place) => coverSquare(record, { ...place, side, size }));
  const answers = await predictor.predictRecords(Buffer.concat(covered));
  const [hot = NaN, cold = NaN, other = NaN] = answers.map(
    ({ probabilities }) => prediction.confidence - (probabilities[prediction.label] ?? NaN),
  );
  return { hot, cold, random: other };
}

/** Means over many records, and the share of them where covering the hot square cost more than covering the cold one. */
export interface OcclusionSummary extends OcclusionDrops {
  readonly hotterShare: number;
}

/** Measures each record in turn; `randomOf` gives record i its own draws. */
export async function summariseOcclusion(
  { explainer, predictor }: { readonly explainer: Explainer; readonly predictor: Predictor },
  records: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  randomOf: (index: number) => Random,
): Promise<OcclusionSummary> {
  const sums = { hot: 0, cold: 0, random: 0, hotterShare: 0 };
  let count = 0;
  for await (const record of records) {
    const { hot, cold, random } = await measureOcclusion(explainer, predictor, record, { random: randomOf(count++) });
    sums.hot += hot;
    sums.cold += cold;
    sums.random += random;
    sums.hotterShare += Number(hot > cold);
  }
  const mean = (sum: number): number => sum / count;
  return { hot: mean(sums.hot), cold: mean(sums.cold), random: mean(sums.random), hotterShare: mean(sums.hotterShare) };
}

/** Of all squares of `side` pixels the one with the most heat (signed), and the one with the least; the first of equals. */
export function extremeSquares(
  { values, width, height }: HeatMap,
  side: number,
): { readonly hottest: Square; readonly coldest: Square } {
  // sums[y][x]: all values above and left of (x, y).
  const stride = width + 1;
  const sums = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y + 1) * stride + x + 1;
      sums[at] =
        (values[y * width + x] ?? 0) + (sums[at - 1] ?? 0) + (sums[at - stride] ?? 0) - (sums[at - stride - 1] ?? 0);
    }
  const corner = (x: number, y: number): number => sums[y * stride + x] ?? 0;
  let [hottest, coldest] = [
    { left: 0, top: 0, heat: -Infinity },
    { left: 0, top: 0, heat: Infinity },
  ];
  for (let top = 0; top + side <= height; top++)
    for (let left = 0; left + side <= width; left++) {
      const [right, bottom] = [left + side, top + side];
      const heat = corner(right, bottom) - corner(left, bottom) - corner(right, top) + corner(left, top);
      if (heat > hottest.heat) hottest = { left, top, heat };
      if (heat < coldest.heat) coldest = { left, top, heat };
    }
  return { hottest, coldest };
}

/** A copy of the record with a square of its mean colour. */
export function coverSquare(
  record: Uint8Array,
  { left, top, side, size }: Square & { readonly side: number; readonly size: number },
): Uint8Array {
  const copy = Uint8Array.from(record);
  const plane = size * size;
  for (let channel = 0; channel < 3; channel++) {
    const own = record.subarray(channel * plane, (channel + 1) * plane);
    const mean = Math.round(own.reduce((sum, value) => sum + value, 0) / plane);
    for (let y = top; y < top + side; y++) {
      const start = channel * plane + y * size + left;
      copy.fill(mean, start, start + side);
    }
  }
  return copy;
}
