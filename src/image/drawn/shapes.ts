// Shapes as polygons in their own coordinates: smooth outlines through points, ellipses, limbs of changing thickness.
import type { Random } from '../../core/index.ts';

export type Point = readonly [number, number];
/** x, y and half the thickness there. */
export type LimbPoint = readonly [number, number, number];
/** A closed polygon in a shape's own coordinates. */
export type Outline = readonly Point[];

/** Catmull–Rom between b and c, at t in [0, 1]. */
function spline(a: number, b: number, c: number, d: number): (t: number) => number {
  const [first, second, third] = [c - a, 2 * a - 5 * b + 4 * c - d, 3 * (b - c) + d - a];
  return (t) => b + 0.5 * t * (first + t * (second + t * third));
}

/** A smooth closed outline through `points` (Catmull–Rom), `steps` pieces between two of them. */
export function smooth(points: readonly Point[], steps = 6): Point[] {
  const at = (i: number): Point => points[(i + points.length) % points.length] ?? [0, 0];
  const outline: Point[] = [];
  for (let i = 0; i < points.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const x = spline(a[0], b[0], c[0], d[0]);
    const y = spline(a[1], b[1], c[1], d[1]);
    for (let s = 0; s < steps; s++) outline.push([x(s / steps), y(s / steps)]);
  }
  return outline;
}

/** The outline of points given for the right half only, top to bottom; x is mirrored for the left. */
export function mirrored(right: readonly Point[]): Point[] {
  const left = right.filter(([x]) => x !== 0).map(([x, y]): Point => [-x, y]);
  return [...right, ...left.reverse()];
}

export function ellipse(x: number, y: number, radii: Point, turn = 0): Point[] {
  const count = 28;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return Array.from({ length: count }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / count;
    const [dx, dy] = [radii[0] * Math.cos(angle), radii[1] * Math.sin(angle)];
    return [x + dx * cos - dy * sin, y + dx * sin + dy * cos];
  });
}

export function rectangle(x: number, y: number, width: number, height: number): Point[] {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** A smooth line through `points` with round ends and the thickness that each gives: legs, tails, whiskers, stripes. */
export function limb(points: readonly LimbPoint[], steps = 6): Point[] {
  const at = (i: number): LimbPoint => points[Math.min(points.length - 1, Math.max(0, i))] ?? [0, 0, 0];
  const centre: LimbPoint[] = [];
  for (let i = 0; i < points.length - 1; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const x = spline(a[0], b[0], c[0], d[0]);
    const y = spline(a[1], b[1], c[1], d[1]);
    for (let s = 0; s < steps; s++) centre.push([x(s / steps), y(s / steps), b[2] + ((c[2] - b[2]) * s) / steps]);
  }
  centre.push(at(points.length - 1));
  return offsetLine(centre);
}

/** Along one side of the line, around its end, back along the other, around its beginning. */
function offsetLine(centre: readonly LimbPoint[]): Point[] {
  const there: Point[] = [];
  const back: Point[] = [];
  let heading: Point = [1, 0];
  const at = (i: number): LimbPoint => centre[Math.min(centre.length - 1, Math.max(0, i))] ?? [0, 0, 0];
  centre.forEach(([x, y, r], i) => {
    const [before, after] = [at(i - 1), at(i + 1)];
    const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
    const length = Math.hypot(dx, dy);
    if (length > 1e-9) heading = [dx / length, dy / length];
    if (i === 0) back.push(...cap([x, y, r], [-heading[0], -heading[1]]).reverse());
    there.push([x - heading[1] * r, y + heading[0] * r]);
    back.push([x + heading[1] * r, y - heading[0] * r]);
    if (i === centre.length - 1) there.push(...cap([x, y, r], heading));
  });
  return [...there, ...back.reverse()];
}

/** The half circle at an end of a limb, from its one side over `heading` to the other. */
function cap([x, y, r]: LimbPoint, heading: Point): Point[] {
  return [-60, -30, 0, 30, 60].map((degrees): Point => {
    const angle = (degrees * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle) * r, Math.sin(angle) * r];
    return [x + heading[0] * cos + heading[1] * sin, y + heading[1] * cos - heading[0] * sin];
  });
}

/** The outline with tufts of fur along it: `length` is how far they stand off, `spacing` how wide one is. */
export function fluffy(
  outline: readonly Point[],
  fur: { readonly length: number; readonly spacing: number },
  random: Random,
): Point[] {
  if (fur.length <= 0) return [...outline];
  const result: Point[] = [];
  const turning = signedArea(outline) > 0 ? 1 : -1;
  outline.forEach(([x, y], i) => {
    const [nextX, nextY] = outline[(i + 1) % outline.length] ?? [x, y];
    const [dx, dy] = [nextX - x, nextY - y];
    const length = Math.hypot(dx, dy);
    result.push([x, y]);
    const tufts = Math.round(length / fur.spacing);
    for (let k = 0; k < tufts; k++) {
      const [at, out] = [(k + 0.5) / tufts, fur.length * (0.4 + 0.6 * random.next()) * turning];
      // Tips lean downwards, as fur hangs.
      result.push([x + dx * at + (dy / length) * out, y + dy * at - (dx / length) * out + fur.length * 0.35]);
      if (k < tufts - 1) result.push([x + (dx * (k + 1)) / tufts, y + (dy * (k + 1)) / tufts]);
    }
  });
  return result;
}

function signedArea(outline: readonly Point[]): number {
  return outline.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = outline[(i + 1) % outline.length] ?? [x, y];
    return sum + x * nextY - nextX * y;
  }, 0);
}

/** An irregular round spot. */
export function blob(x: number, y: number, radius: number, random: Random): Point[] {
  const count = 7 + random.integer(4);
  const turn = random.next() * Math.PI;
  const points = Array.from({ length: count }, (_, i): Point => {
    const angle = turn + (2 * Math.PI * i) / count;
    const r = radius * (0.7 + 0.6 * random.next());
    return [x + r * Math.cos(angle), y + r * Math.sin(angle)];
  });
  return smooth(points, 4);
}
