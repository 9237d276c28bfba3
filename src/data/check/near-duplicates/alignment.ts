// Lays one small grey picture over another: which stretch and shift makes b fit a best (Lucas and Kanade 1981, on a
// pyramid). A copy that was cropped at its edges then lies on its original again, pixel by pixel.

/** side × side grey values, row by row. */
export interface GreyPicture {
  readonly side: number;
  readonly values: Float32Array;
}

/** Where b is looked up for a point (u, v) of a, both from −1 to 1: (u·(1 + scaleX) + shiftX, v·(1 + scaleY) + shiftY). */
export interface Alignment {
  readonly scaleX: number;
  readonly shiftX: number;
  readonly scaleY: number;
  readonly shiftY: number;
}

export const noAlignment: Alignment = { scaleX: 0, shiftX: 0, scaleY: 0, shiftY: 0 };

const stepsPerLevel = 8;
const smallestSide = 16;

/**
 * The alignment of `b` on `a` (of equal sides, a power of two) that starts from none and improves by least squares.
 * Half the resolution is enough for a fraction of a pixel.
 */
export function alignPictures(a: GreyPicture, b: GreyPicture): Alignment {
  return alignAndImprove(halve(a), halve(b));
}

function alignAndImprove(a: GreyPicture, b: GreyPicture): Alignment {
  if (a.side <= smallestSide) return improve(a, b, noAlignment);
  return improve(a, b, alignAndImprove(halve(a), halve(b)));
}

/** `b` as seen through the alignment; `inside` is 1 where it has a value. */
export function warpPicture(b: GreyPicture, alignment: Alignment): { values: Float32Array; inside: Uint8Array } {
  const { side } = b;
  const values = new Float32Array(side * side);
  const inside = new Uint8Array(side * side);
  const half = (side - 1) / 2;
  for (let y = 0; y < side; y++) {
    const sourceY = half + half * ((y / half - 1) * (1 + alignment.scaleY) + alignment.shiftY);
    for (let x = 0; x < side; x++) {
      const sourceX = half + half * ((x / half - 1) * (1 + alignment.scaleX) + alignment.shiftX);
      // Half a pixel beyond the edge still counts: rounding must not cut a border off.
      if (sourceX < -0.5 || sourceY < -0.5 || sourceX > side - 0.5 || sourceY > side - 0.5) continue;
      values[y * side + x] = sample(b, sourceX, sourceY);
      inside[y * side + x] = 1;
    }
  }
  return { values, inside };
}

function sample({ side, values }: GreyPicture, x: number, y: number): number {
  const [cx, cy] = [Math.min(Math.max(x, 0), side - 1), Math.min(Math.max(y, 0), side - 1)];
  const [x0, y0] = [Math.min(Math.floor(cx), side - 2), Math.min(Math.floor(cy), side - 2)];
  const [fx, fy] = [cx - x0, cy - y0];
  const at = y0 * side + x0;
  const upper = (values[at] ?? 0) * (1 - fx) + (values[at + 1] ?? 0) * fx;
  const lower = (values[at + side] ?? 0) * (1 - fx) + (values[at + side + 1] ?? 0) * fx;
  return upper * (1 - fy) + lower * fy;
}

function halve({ side, values }: GreyPicture): GreyPicture {
  const half = side / 2;
  const halved = new Float32Array(half * half);
  for (let y = 0; y < half; y++)
    for (let x = 0; x < half; x++) {
      const at = 2 * y * side + 2 * x;
      const sum = (values[at] ?? 0) + (values[at + 1] ?? 0) + (values[at + side] ?? 0) + (values[at + side + 1] ?? 0);
      halved[y * half + x] = sum / 4;
    }
  return { side: half, values: halved };
}

function improve(a: GreyPicture, b: GreyPicture, start: Alignment): Alignment {
  let alignment = start;
  for (let step = 0; step < stepsPerLevel; step++) {
    const change = solve(normalEquations(a, warpPicture(b, alignment)));
    if (change === undefined) return alignment;
    const [scaleX = 0, shiftX = 0, scaleY = 0, shiftY = 0] = change;
    alignment = {
      scaleX: alignment.scaleX + scaleX,
      shiftX: alignment.shiftX + shiftX,
      scaleY: alignment.scaleY + scaleY,
      shiftY: alignment.shiftY + shiftY,
    };
    if (Math.max(...change.map(Math.abs)) * a.side < 0.02) break;
  }
  return alignment;
}

/** Rows of the 4 × 5 system (JᵀJ | Jᵀr) for the four parameters, with brightness and contrast taken out. */
function normalEquations(
  a: GreyPicture,
  { values, inside }: { readonly values: Float32Array; readonly inside: Uint8Array },
): Float64Array[] {
  const { side } = a;
  const half = (side - 1) / 2;
  const left = standardise(a.values, inside);
  const right = standardise(values, inside);
  const system = Array.from({ length: 4 }, () => new Float64Array(5));
  const slopes = new Float64Array(5);
  for (let y = 1; y < side - 1; y++)
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      if ((inside[at - 1] ?? 0) + (inside[at + 1] ?? 0) + (inside[at - side] ?? 0) + (inside[at + side] ?? 0) < 4)
        continue;
      const gradientX = ((right[at + 1] ?? 0) - (right[at - 1] ?? 0)) * (half / 2);
      const gradientY = ((right[at + side] ?? 0) - (right[at - side] ?? 0)) * (half / 2);
      slopes[0] = gradientX * (x / half - 1);
      slopes[1] = gradientX;
      slopes[2] = gradientY * (y / half - 1);
      slopes[3] = gradientY;
      // The right-hand side as a fifth slope.
      slopes[4] = (left[at] ?? 0) - (right[at] ?? 0);
      for (let i = 0; i < 4; i++) addScaled(system[i], slopes, i);
    }
  for (let i = 0; i < 4; i++) for (let j = 0; j < i; j++) mirror(system, i, j);
  return system;
}

/** row += slopes · slopes[from], from the diagonal on. */
function addScaled(row: Float64Array | undefined, slopes: Float64Array, from: number): void {
  if (row === undefined) return;
  const factor = slopes[from] ?? 0;
  for (let j = from; j < 5; j++) row[j] = (row[j] ?? 0) + factor * (slopes[j] ?? 0);
}

function mirror(system: readonly Float64Array[], i: number, j: number): void {
  const row = system[i];
  if (row !== undefined) row[j] = system[j]?.[i] ?? 0;
}

/** Mean 0 and variance 1 over the inside. */
function standardise(values: Float32Array, inside: Uint8Array): Float32Array {
  let [count, sum, squares] = [0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    if (inside[at] !== 1) continue;
    const value = values[at] ?? 0;
    count += 1;
    sum += value;
    squares += value * value;
  }
  const mean = sum / Math.max(1, count);
  const deviation = Math.sqrt(Math.max(1e-6, squares / Math.max(1, count) - mean * mean));
  return values.map((value) => (value - mean) / deviation);
}

/** Gauss elimination of a symmetric 4 × 5 system with a little damping; undefined when it has no sound solution. */
function solve(system: readonly Float64Array[]): number[] | undefined {
  const none = new Float64Array(5);
  const size = system.length;
  for (let i = 0; i < size; i++) {
    const row = system[i] ?? none;
    const pivot = (row[i] ?? 0) * 1.001 + 1e-9;
    if (pivot < 1e-6) return undefined;
    row[i] = pivot;
    for (let below = i + 1; below < size; below++) {
      const other = system[below] ?? none;
      const factor = (other[i] ?? 0) / pivot;
      for (let j = i; j <= size; j++) other[j] = (other[j] ?? 0) - factor * (row[j] ?? 0);
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    const row = system[i] ?? none;
    let value = row[size] ?? 0;
    for (let j = i + 1; j < size; j++) value -= (row[j] ?? 0) * (solution[j] ?? 0);
    solution[i] = value / (row[i] ?? 1);
  }
  return solution.every(Number.isFinite) ? solution : undefined;
}
