// Tails: a cat's is long, thin and curls at its end; a dog's is a flag, a sabre or a curl over the back.
import { paintPart, type Animal } from './animal.ts';
import { pick } from './coat.ts';
import { lighten } from './colour.ts';
import type { Pen } from './pen.ts';
import { limb, type LimbPoint, type Point } from './shapes.ts';

/** Rings across the tail, for striped coats. */
function rings(line: readonly LimbPoint[]): LimbPoint[][] {
  const result: LimbPoint[][] = [];
  for (let i = 0; i < line.length - 1; i++) {
    const [a, b] = [line[i], line[i + 1]];
    if (a === undefined || b === undefined) continue;
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.max(1e-6, Math.hypot(dx, dy));
    for (const t of [0.2, 0.7]) {
      const [x, y] = [a[0] + dx * t, a[1] + dy * t];
      const [nx, ny] = [(-dy / length) * a[2] * 1.5, (dx / length) * a[2] * 1.5];
      result.push([
        [x - nx, y - ny, 0.07],
        [x + nx, y + ny, 0.07],
      ]);
    }
  }
  return result;
}

function catTail(size: number, animal: Animal): LimbPoint[] {
  const { random, coat } = animal;
  const r = random.uniform(0.12, 0.16) + coat.fluff * 0.6;
  const curl = random.uniform(-0.5, 0.7);
  return [
    [0, 0, r],
    [0.75 * size, 0.05, r],
    [1.3 * size, -0.6 * size, r * 1.05],
    [1.25 * size, -1.4 * size, r],
    [(1.25 + curl) * size, -1.95 * size, r * 0.85],
    [(1.3 + curl * 1.9) * size, -1.85 * size, r * 0.6],
  ];
}

function dogTail(size: number, animal: Animal): LimbPoint[] {
  const { random, coat } = animal;
  const r = random.uniform(0.13, 0.18) + coat.fluff;
  switch (pick(random, ['sabre', 'flag', 'curl'])) {
    case 'sabre':
      return [
        [0, 0, r],
        [0.5 * size, -0.1 * size, r * 0.85],
        [0.95 * size, -0.45 * size, r * 0.55],
        [1.2 * size, -0.95 * size, r * 0.2],
      ];
    case 'flag':
      return [
        [0, 0, r],
        [0.45 * size, -0.4 * size, r * 1.25],
        [0.85 * size, -0.6 * size, r * 1.35],
        [1.3 * size, -0.55 * size, r * 0.3],
      ];
    default:
      return [
        [0, 0, r],
        [0.3 * size, -0.55 * size, r * 1.15],
        [-0.05 * size, -0.95 * size, r * 1.1],
        [-0.42 * size, -0.6 * size, r * 0.8],
        [-0.3 * size, -0.35 * size, r * 0.3],
      ];
  }
}

/** A tail from `root` to the right (side 1) or left (side −1). */
export function drawTail(pen: Pen, animal: Animal, root: Point, shape: { side: number; size: number }): void {
  const grow = animal.label === 'cat' ? catTail : dogTail;
  const line = grow(shape.size, animal).map(([x, y, r]): LimbPoint => [root[0] + x * shape.side, root[1] + y, r]);
  const colour = animal.coat.pattern === 'points' ? animal.coat.marking : lighten(animal.coat.base, -0.08);
  paintPart(pen, animal, limb(line), { kind: 'tail', stripes: rings(line), colour, fluff: 1.2 });
}
