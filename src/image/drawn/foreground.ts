// What stands in front of the animal: a table's edge, leaves, grass, bars, a cushion, a ball. Knows nothing of cats and dogs.
import type { Random } from '../../core/index.ts';
import { drawBlades, type Frame } from './background.ts';
import { chance, pick } from './coat.ts';
import { fromHue, hex, lighten, type Colour } from './colour.ts';
import { fill } from './pen.ts';
import { ellipse, limb, rectangle, smooth, type LimbPoint } from './shapes.ts';

function thingColour(random: Random): Colour {
  return fromHue(random.next(), random.uniform(0.1, 0.65), random.uniform(0.2, 0.75));
}

function drawEdge({ pen, width }: Frame, random: Random): void {
  const wood = lighten(hex(pick(random, ['#8a6b4a', '#5e4632', '#c9b79c', '#777c80'])), random.uniform(-0.2, 0.2));
  if (chance(random, 0.6)) {
    const y = random.uniform(0.78, 0.94);
    fill(pen, rectangle(-0.1, y, width + 0.2, 0.4), wood, { grain: 5 });
    fill(pen, rectangle(-0.1, y, width + 0.2, 0.018), lighten(wood, 0.25), { shaded: false });
    return;
  }
  const w = random.uniform(0.06, 0.18);
  const x = chance(random, 0.5) ? -0.02 : width - w;
  fill(pen, rectangle(x, -0.1, w + 0.02, 1.2), wood, { grain: 5 });
}

function drawLeaves({ pen, width }: Frame, random: Random): void {
  const green = fromHue(random.uniform(0.22, 0.42), random.uniform(0.25, 0.55), random.uniform(0.2, 0.5));
  const left = chance(random, 0.5);
  const root = [
    left ? random.uniform(-0.05, 0.1) : width - random.uniform(-0.05, 0.1),
    random.uniform(0.8, 1.1),
  ] as const;
  const count = 3 + random.integer(5);
  for (let i = 0; i < count; i++) {
    const angle = random.uniform(0.1, 1.35);
    const length = random.uniform(0.2, 0.45);
    const [dx, dy] = [Math.cos(angle) * length * (left ? 1 : -1), -Math.sin(angle) * length];
    const leaf: LimbPoint[] = [
      [root[0], root[1], 0.008],
      [root[0] + dx * 0.55, root[1] + dy * 0.6, random.uniform(0.02, 0.045)],
      [root[0] + dx, root[1] + dy, 0.003],
    ];
    fill(pen, limb(leaf), lighten(green, random.uniform(-0.25, 0.2)), { grain: 3 });
  }
}

function drawGrass(frame: Frame, random: Random): void {
  const colour = fromHue(random.uniform(0.16, 0.35), random.uniform(0.2, 0.5), random.uniform(0.25, 0.5));
  const { pen, width } = frame;
  for (let i = 0; i < 34; i++) {
    const x = random.next() * width;
    const tall = random.uniform(0.06, 0.22);
    const blade: LimbPoint[] = [
      [x, 1.02, 0.01],
      [x + random.uniform(-0.05, 0.05), 1.02 - tall, 0.002],
    ];
    fill(pen, limb(blade, 1), lighten(colour, random.uniform(-0.3, 0.25)), { shaded: false });
  }
  drawBlades(frame, { from: 0.93, colour, count: 30, random });
}

function drawBars({ pen, width }: Frame, random: Random): void {
  const colour = lighten(hex(pick(random, ['#d8d6d0', '#6d5138', '#30343a'])), random.uniform(-0.1, 0.1));
  const step = random.uniform(0.28, 0.42);
  for (let x = random.uniform(0, step); x < width; x += step)
    fill(pen, rectangle(x, -0.1, random.uniform(0.018, 0.03), 1.2), colour);
  if (chance(random, 0.5)) fill(pen, rectangle(-0.1, random.uniform(0.75, 0.92), width + 0.2, 0.03), colour);
}

function drawCushion({ pen, width }: Frame, random: Random): void {
  const [x, y] = [random.next() * width, random.uniform(0.88, 1.02)];
  const [w, h] = [random.uniform(0.15, 0.3), random.uniform(0.08, 0.14)];
  const cushion = smooth([
    [x - w, y - h],
    [x, y - h * 0.85],
    [x + w, y - h],
    [x + w * 0.9, y],
    [x + w, y + h],
    [x - w, y + h],
    [x - w * 0.9, y],
  ]);
  fill(pen, cushion, thingColour(random), { grain: 5 });
}

function drawBall({ pen, width }: Frame, random: Random): void {
  const r = random.uniform(0.04, 0.08);
  const [x, y] = [random.next() * width, random.uniform(0.85, 0.98) - r];
  const colour = thingColour(random);
  fill(pen, ellipse(x, y, [r, r]), colour);
  const seam: LimbPoint[] = [
    [x - r * 0.9, y - r * 0.2, r * 0.08],
    [x, y + r * 0.25, r * 0.1],
    [x + r * 0.9, y - r * 0.2, r * 0.08],
  ];
  fill(pen, limb(seam), lighten(colour, 0.5), { shaded: false });
}

/** Puts something in front in two of five pictures. */
export function drawForeground(frame: Frame, random: Random): void {
  if (!chance(random, 0.4)) return;
  pick(random, [drawEdge, drawLeaves, drawGrass, drawBars, drawCushion, drawBall])(frame, random);
}
