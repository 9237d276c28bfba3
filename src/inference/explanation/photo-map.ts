// From a map over the model's square input back to the photo: what stretching, cropping or padding did is undone.
import { placeInSquare, type ResizeSettings } from '../../image/index.ts';

/** One number a cell, row by row from the top left. */
export interface HeatMap {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A rectangle as fractions of a photo's width and height. */
export interface Fractions {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The part of the photo that the model was shown: all of it, or the middle square of `crop`. */
export function seenPart(photo: Size, settings: ResizeSettings): Fractions {
  const { box } = placeInSquare(photo, settings);
  return {
    left: box.x / photo.width,
    top: box.y / photo.height,
    width: box.width / photo.width,
    height: box.height / photo.height,
  };
}

/** Where a row or column of the target reads the map: between two cells, or nowhere. */
interface Reading {
  readonly low: number;
  readonly high: number;
  /** Weight of `high`. */
  readonly blend: number;
  readonly seen: boolean;
}

interface Axis {
  /** Pixels of the target, of the photo, of the part that is used and where it begins. */
  readonly target: number;
  readonly photo: number;
  readonly boxStart: number;
  readonly boxLength: number;
  /** Pixels that the part takes in the model's square. */
  readonly placed: number;
  readonly square: number;
  readonly cells: number;
}

function readings(axis: Axis): Reading[] {
  const margin = Math.floor((axis.square - axis.placed) / 2);
  return Array.from({ length: axis.target }, (_, i) => {
    const inBox = (((i + 0.5) / axis.target) * axis.photo - axis.boxStart) / axis.boxLength;
    const cell = ((margin + inBox * axis.placed) / axis.square) * axis.cells - 0.5;
    const at = Math.min(axis.cells - 1, Math.max(0, cell));
    const low = Math.floor(at);
    return { low, high: Math.min(axis.cells - 1, low + 1), blend: at - low, seen: inBox >= 0 && inBox <= 1 };
  });
}

/**
 * The map of a record (its cells evenly over the square [S, S]) laid over the upright photo of size `photo`, read out at
 * size `target`; bilinear between the centres of cells, 0 where the model did not look.
 */
export function mapOntoPhoto(
  map: HeatMap,
  { photo, settings, target }: { readonly photo: Size; readonly settings: ResizeSettings; readonly target: Size },
): HeatMap {
  const { box, width, height } = placeInSquare(photo, settings);
  const square = settings.imageSizePx;
  const horizontal = { photo: photo.width, boxStart: box.x, boxLength: box.width, placed: width, cells: map.width };
  const vertical = { photo: photo.height, boxStart: box.y, boxLength: box.height, placed: height, cells: map.height };
  const columns = readings({ ...horizontal, target: target.width, square });
  const rows = readings({ ...vertical, target: target.height, square });
  const values = new Float32Array(target.width * target.height);
  const along = (row: number, { low, high, blend }: Reading): number => {
    const start = row * map.width;
    return (map.values[start + low] ?? 0) * (1 - blend) + (map.values[start + high] ?? 0) * blend;
  };
  let to = 0;
  for (const row of rows)
    for (const column of columns) {
      if (row.seen && column.seen)
        values[to] = along(row.low, column) * (1 - row.blend) + along(row.high, column) * row.blend;
      to++;
    }
  return { values, width: target.width, height: target.height };
}

export interface Peak {
  /** Fractions of the photo's width and height, from the top left. */
  readonly x: number;
  readonly y: number;
}

/** The middle of the hottest pixel (of the hottest ones where several are equal); null when none is above zero. */
export function peakOf({ values, width, height }: HeatMap): Peak | null {
  let most = 0;
  let [sumX, sumY, count] = [0, 0, 0];
  values.forEach((value, i) => {
    if (value <= 0 || value < most) return;
    if (value > most) [most, sumX, sumY, count] = [value, 0, 0, 0];
    sumX += i % width;
    sumY += Math.floor(i / width);
    count++;
  });
  return count === 0 ? null : { x: (sumX / count + 0.5) / width, y: (sumY / count + 0.5) / height };
}
