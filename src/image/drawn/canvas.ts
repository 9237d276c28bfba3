// A small software rasteriser: polygons with exact area coverage on 8-bit RGB. Only +, −, ×, ÷ and rounding on
// coordinates snapped to 1/256 pixel, so that the same picture comes out everywhere, byte for byte.
import type { Colour } from './colour.ts';

/** A closed polygon: x0, y0, x1, y1, … in pixels, y downwards. */
export type Contour = readonly number[];

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Interleaved RGB. */
  readonly data: Uint8Array;
  /** Scratch of coverage differences, all zero between calls. */
  readonly scratch: Float32Array;
}

/** How much of each pixel of a rectangle something covers: 0–255. */
export interface Mask {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A plain colour, or one that changes along a line: `from` where x·dx + y·dy + offset ≤ 0, `to` where ≥ 1. */
export interface Paint {
  readonly from: Colour;
  readonly to: Colour;
  readonly dx: number;
  readonly dy: number;
  readonly offset: number;
  /** 0 to 1. */
  readonly opacity: number;
  /** Added to each channel, from a tile of 64 × 64; 0 strength for none. */
  readonly grain?: { readonly tile: Float32Array; readonly strength: number };
}

export function createCanvas(width: number, height: number): Canvas {
  return {
    width,
    height,
    data: new Uint8Array(width * height * 3),
    scratch: new Float32Array((width + 2) * height),
  };
}

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boundsOf(canvas: Canvas, contours: readonly Contour[]): Bounds | undefined {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const contour of contours)
    for (let i = 0; i < contour.length; i += 2) {
      const x = contour[i] ?? 0;
      const y = contour[i + 1] ?? 0;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  const bounds = {
    left: Math.max(0, Math.floor(left)),
    top: Math.max(0, Math.floor(top)),
    right: Math.min(canvas.width, Math.ceil(right)),
    bottom: Math.min(canvas.height, Math.ceil(bottom)),
  };
  return bounds.left < bounds.right && bounds.top < bounds.bottom ? bounds : undefined;
}

/**
 * Adds an edge to the coverage differences: what a running sum over a row turns into the signed area covered in each
 * pixel. Left of the bounds counts in the first column.
 */
function addEdge(scratch: Float32Array, bounds: Bounds, edge: Edge): void {
  const upwards = edge.y0 > edge.y1;
  const direction = upwards ? -1 : 1;
  const startX = (upwards ? edge.x1 : edge.x0) - bounds.left;
  const startY = (upwards ? edge.y1 : edge.y0) - bounds.top;
  const endX = (upwards ? edge.x0 : edge.x1) - bounds.left;
  const endY = (upwards ? edge.y0 : edge.y1) - bounds.top;
  if (startY === endY) return;
  const width = bounds.right - bounds.left;
  const slope = (endX - startX) / (endY - startY);
  let x = startY < 0 ? startX - startY * slope : startX;
  const lastRow = Math.min(bounds.bottom - bounds.top, Math.ceil(endY));
  for (let row = Math.max(0, Math.floor(startY)); row < lastRow; row++) {
    const rise = Math.min(row + 1, endY) - Math.max(row, startY);
    const next = x + slope * rise;
    addRow(scratch, row * (width + 2), {
      low: x < next ? x : next,
      high: x < next ? next : x,
      area: rise * direction,
      width,
    });
    x = next;
  }
}

interface Edge {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

interface RowPart {
  /** Where the edge enters and leaves the row. */
  readonly low: number;
  readonly high: number;
  /** How much of the row's height it passes, negative upwards. */
  readonly area: number;
  readonly width: number;
}

/** One row's part of an edge: all of it counts left of the bounds, nothing right of them. */
function addRow(scratch: Float32Array, at: number, { low, high, area, width }: RowPart): void {
  if (low >= width) return;
  if (high <= 0) {
    scratch[at] = (scratch[at] ?? 0) + area;
    return;
  }
  const first = Math.floor(low);
  if (high <= first + 1 && low >= 0) {
    const beyond = (low + high) / 2 - first;
    scratch[at + first] = (scratch[at + first] ?? 0) + area * (1 - beyond);
    scratch[at + first + 1] = (scratch[at + first + 1] ?? 0) + area * beyond;
    return;
  }
  const perPixel = area / (high - low);
  const start = low < 0 ? 0 : low;
  const end = high > width ? width : high;
  if (low < 0) scratch[at] = (scratch[at] ?? 0) - low * perPixel;
  let before = 0;
  for (let p = Math.floor(start); p < end; p++) {
    const from = start > p ? start : p;
    const to = end < p + 1 ? end : p + 1;
    const covered = perPixel * (to - from);
    // Of the part that crosses here, what lies right of it within this pixel; the rest falls into the next pixel.
    const here = covered * (p + 1 - (from + to) / 2);
    scratch[at + p] = (scratch[at + p] ?? 0) + here + before;
    before = covered - here;
  }
  const after = Math.ceil(end);
  scratch[at + after] = (scratch[at + after] ?? 0) + before;
}

function accumulate(canvas: Canvas, contours: readonly Contour[], bounds: Bounds): void {
  for (const contour of contours) {
    let x0 = contour[contour.length - 2] ?? 0;
    let y0 = contour[contour.length - 1] ?? 0;
    for (let i = 0; i < contour.length; i += 2) {
      const x1 = contour[i] ?? 0;
      const y1 = contour[i + 1] ?? 0;
      addEdge(canvas.scratch, bounds, { x0, y0, x1, y1 });
      x0 = x1;
      y0 = y1;
    }
  }
}

/** Paints the inside of `contours` (overlaps of the same turning direction count once), only where `clip` is if given. */
export function fillContours(canvas: Canvas, contours: readonly Contour[], paint: Paint, clip?: Mask): void {
  const bounds = boundsOf(canvas, contours);
  if (bounds === undefined) return;
  accumulate(canvas, contours, bounds);
  const { scratch } = canvas;
  const { left, right, top, bottom } = bounds;
  const width = right - left;
  const shares = new Float32Array(width);
  for (let y = top; y < bottom; y++) {
    const row = (y - top) * (width + 2);
    let sum = 0;
    let first = width;
    let end = 0;
    for (let x = 0; x < width; x++) {
      const difference = scratch[row + x] ?? 0;
      if (difference !== 0) {
        scratch[row + x] = 0;
        sum += difference;
      }
      const cover = sum < 0 ? -sum : sum;
      // What rounding leaves of a sum that should be zero is no coverage.
      if (cover < 0.002) {
        shares[x] = 0;
        continue;
      }
      shares[x] = (cover > 1 ? 1 : cover) * paint.opacity;
      if (x < first) first = x;
      end = x + 1;
    }
    scratch[row + width] = 0;
    scratch[row + width + 1] = 0;
    if (end === 0) continue;
    if (clip !== undefined) multiplyByMask(shares, clip, left, y);
    blendRow(canvas, shares, { left, y, first, end }, paint);
  }
}

/** Paints what `mask` covers. */
export function fillMask(canvas: Canvas, mask: Mask, paint: Paint): void {
  const shares = new Float32Array(mask.width);
  for (let row = 0; row < mask.height; row++) {
    let first = mask.width;
    let end = 0;
    for (let x = 0; x < mask.width; x++) {
      const cover = mask.data[row * mask.width + x] ?? 0;
      shares[x] = (cover * paint.opacity) / 255;
      if (cover === 0) continue;
      if (x < first) first = x;
      end = x + 1;
    }
    if (end > 0) blendRow(canvas, shares, { left: mask.left, y: mask.top + row, first, end }, paint);
  }
}

function multiplyByMask(shares: Float32Array, mask: Mask, left: number, y: number): void {
  const row = y - mask.top;
  if (row < 0 || row >= mask.height) {
    shares.fill(0);
    return;
  }
  for (let x = 0; x < shares.length; x++) {
    const column = left + x - mask.left;
    const inside = column >= 0 && column < mask.width ? (mask.data[row * mask.width + column] ?? 0) : 0;
    shares[x] = ((shares[x] ?? 0) * inside) / 255;
  }
}

interface Row {
  /** Column of shares[0]. */
  readonly left: number;
  readonly y: number;
  readonly first: number;
  readonly end: number;
}

// Nine tenths of the time of a picture went into blending: plain locals, one pass, no calls.
function blendRow(canvas: Canvas, shares: Float32Array, { left, y, first, end }: Row, paint: Paint): void {
  const { data } = canvas;
  const { dx, grain } = paint;
  const [red, green, blue] = paint.from;
  const [redStep, greenStep, blueStep] = [paint.to[0] - red, paint.to[1] - green, paint.to[2] - blue];
  const tile = grain?.tile;
  const strength = grain?.strength ?? 0;
  const tileRow = (y & 63) << 6;
  const offset = y * paint.dy + paint.offset;
  let at = (y * canvas.width + left + first) * 3;
  for (let i = first; i < end; i++, at += 3) {
    const share = shares[i] ?? 0;
    if (share === 0) continue;
    const x = left + i;
    const along = x * dx + offset;
    const t = along < 0 ? 0 : along > 1 ? 1 : along;
    const extra = tile === undefined ? 0 : (tile[tileRow | (x & 63)] ?? 0) * strength;
    const keep = 1 - share;
    const r = (data[at] ?? 0) * keep + (red + redStep * t + extra) * share + 0.5;
    const g = (data[at + 1] ?? 0) * keep + (green + greenStep * t + extra) * share + 0.5;
    const b = (data[at + 2] ?? 0) * keep + (blue + blueStep * t + extra) * share + 0.5;
    data[at] = r < 0 ? 0 : r > 255 ? 255 : r;
    data[at + 1] = g < 0 ? 0 : g > 255 ? 255 : g;
    data[at + 2] = b < 0 ? 0 : b > 255 ? 255 : b;
  }
}

/** The coverage of `contours`, to paint patterns inside a shape. */
export function maskContours(canvas: Canvas, contours: readonly Contour[]): Mask {
  const bounds = boundsOf(canvas, contours);
  if (bounds === undefined) return { left: 0, top: 0, width: 0, height: 0, data: new Uint8Array(0) };
  accumulate(canvas, contours, bounds);
  const [width, height] = [bounds.right - bounds.left, bounds.bottom - bounds.top];
  const data = new Uint8Array(width * height);
  const stride = width + 2;
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += canvas.scratch[y * stride + x] ?? 0;
      data[y * width + x] = Math.round(255 * Math.min(1, Math.abs(sum)));
    }
  }
  canvas.scratch.fill(0, 0, stride * height);
  return { left: bounds.left, top: bounds.top, width, height, data };
}
