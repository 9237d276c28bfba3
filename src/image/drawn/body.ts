// Bodies below a head whose centre is (0, 0) and whose half height is 1: portrait, sitting, lying, standing, seen sitting
// from the side. Everything that comes before the head is drawn first.
import type { Random } from '../../core/index.ts';
import { paintPart, type Animal } from './animal.ts';
import { chance, pick } from './coat.ts';
import { fromHue, type Colour } from './colour.ts';
import { drawLeg, drawPaw, paleOr } from './legs.ts';
import { fill, type Pen } from './pen.ts';
import { ellipse, limb, mirrored, smooth, type LimbPoint, type Point } from './shapes.ts';
import { drawTail } from './tail.ts';

export const stances = ['portrait', 'sitting', 'lying', 'standing', 'sitting-aside'] as const;
export type Stance = (typeof stances)[number];

/** Measures of a body, in half heads. */
export interface Build {
  /** Thickness, about 1. */
  readonly stout: number;
  /** Length of legs. */
  readonly legs: number;
  readonly legRadius: number;
  readonly tail: number;
  readonly tailSide: number;
  /** undefined: wears none. */
  readonly collar: Colour | undefined;
}

export function randomBuild(animal: Pick<Animal, 'label'>, random: Random): Build {
  const cat = animal.label === 'cat';
  return {
    stout: random.uniform(0.85, 1.15),
    legs: cat ? random.uniform(1.15, 1.5) : random.uniform(1.35, 1.9),
    legRadius: cat ? random.uniform(0.2, 0.26) : random.uniform(0.22, 0.3),
    tail: random.uniform(0.85, 1.15),
    tailSide: random.next() < 0.5 ? 1 : -1,
    collar: chance(random, 0.3)
      ? fromHue(random.next(), random.uniform(0.4, 0.8), random.uniform(0.3, 0.6))
      : undefined,
  };
}

/** Where the animal stands or lies: the lowest point and its spread, for shadow and placing. In half heads. */
export interface Footprint {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
}

export function footprintOf(stance: Stance, build: Build): Footprint {
  switch (stance) {
    case 'portrait':
      return { left: -1.6, right: 1.6, bottom: 2.6 };
    case 'sitting':
      return { left: -1.6, right: 1.6, bottom: 3.75 };
    case 'lying':
      return { left: -2.3, right: 2.3, bottom: 2.15 };
    case 'standing':
      return { left: -0.9, right: 4.3, bottom: 2.15 + build.legs };
    case 'sitting-aside':
      return { left: -1.0, right: 2.7, bottom: 3.75 };
  }
}

function sideStripes(from: Point, to: Point, height: number): LimbPoint[][] {
  return Array.from({ length: 6 }, (_, i): LimbPoint[] => {
    const t = (i + 0.5) / 6;
    const [x, y] = [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
    return [
      [x, y - height, 0.09],
      [x + 0.08, y - height * 0.3, 0.08],
      [x - 0.05, y + height * 0.35, 0.02],
    ];
  });
}

function drawPortrait(pen: Pen, animal: Animal, build: Build): void {
  const w = build.stout;
  const chest = smooth(
    mirrored([
      [0, 0.3],
      [0.62 * w, 0.45],
      [0.95 * w, 1.2],
      [1.4 * w, 2.2],
      [1.55 * w, 4.5],
      [0, 4.6],
    ]),
  );
  const stripes = [1, -1].flatMap((sign) =>
    [1.3, 1.9, 2.5].map((y): LimbPoint[] => [
      [sign * 1.6, y - 0.1, 0.1],
      [sign * 0.95, y, 0.07],
      [sign * 0.5, y + 0.06, 0.02],
    ]),
  );
  paintPart(pen, animal, chest, { kind: 'body', stripes });
  drawBib(pen, animal, 2.4);
}

/** The pale chest below the chin. */
function drawBib(pen: Pen, animal: Animal, bottom: number): void {
  if (animal.coat.pattern === 'points') return;
  const bib = smooth([
    [-0.42, 0.7],
    [0.42, 0.7],
    [0.5, 1.3],
    [0.12, bottom],
    [-0.12, bottom],
    [-0.5, 1.3],
  ]);
  const opacity = animal.coat.pattern === 'bicolour' ? 0.95 : 0.45;
  fill(pen, bib, paleOr(animal, 'body'), { opacity, grain: animal.coat.grain });
}

function drawSitting(pen: Pen, animal: Animal, build: Build): void {
  const w = build.stout;
  drawTail(pen, animal, [0.9 * w * build.tailSide, 3.3], { side: build.tailSide, size: build.tail });
  for (const sign of [1, -1]) {
    paintPart(pen, animal, ellipse(sign * 0.92 * w, 2.85, [0.52 * w, 0.72]), { kind: 'body', fluff: 0.8 });
    drawPaw(pen, animal, [sign * 1.02 * w, 3.5], { radius: 0.36, dim: 0.06 });
  }
  const body = smooth(
    mirrored([
      [0, 0.35],
      [0.55 * w, 0.5],
      [0.82 * w, 1.4],
      [1.08 * w, 2.5],
      [0.92 * w, 3.3],
      [0, 3.45],
    ]),
  );
  const stripes = [1, -1].flatMap((sign) =>
    [1.5, 2.05, 2.6].map((y): LimbPoint[] => [
      [sign * 1.2, y - 0.1, 0.09],
      [sign * 0.8, y, 0.06],
      [sign * 0.5, y + 0.05, 0.02],
    ]),
  );
  paintPart(pen, animal, body, { kind: 'body', stripes });
  drawBib(pen, animal, 2.2);
  const r = build.legRadius;
  for (const sign of [1, -1])
    drawLeg(pen, animal, [
      [sign * 0.4 * w, 1.7, r * 1.25],
      [sign * 0.42 * w, 2.7, r],
      [sign * 0.42 * w, 3.5, r],
    ]);
}

function drawLying(pen: Pen, animal: Animal, build: Build): void {
  const w = build.stout;
  const side = build.tailSide;
  drawTail(pen, animal, [side * 1.9, 1.6], { side, size: build.tail * 0.85 });
  const body = smooth([
    [-0.75, 0.3],
    [0.75, 0.3],
    [side * 1.5 + 0.6, 0.15 / w],
    [side * 1.1 + 1.1, 1.0],
    [side * 1.0 + 1.0, 1.85],
    [side * 0.9 - 1.0, 1.9],
    [side * 0.6 - 1.15, 1.0],
  ]);
  paintPart(pen, animal, body, { kind: 'body', stripes: sideStripes([0, 0.6], [side * 1.9, 0.7], 0.7) });
  paintPart(pen, animal, ellipse(side * 1.5, 1.4, [0.62 * w, 0.55]), { kind: 'body', fluff: 0.7 });
  drawBib(pen, animal, 1.7);
  const r = build.legRadius * 1.05;
  for (const sign of [1, -1])
    drawLeg(pen, animal, [
      [sign * 0.5 * w, 1.25, r * 1.2],
      [sign * 0.6 * w, 1.65, r * 1.05],
      [sign * 0.62 * w, 1.9, r],
    ]);
}

function drawStanding(pen: Pen, animal: Animal, build: Build): void {
  const cat = animal.label === 'cat';
  const w = build.stout;
  const feet = 2.0 + build.legs;
  const r = build.legRadius;
  const belly = (cat ? 2.05 : 2.25) * (0.9 + 0.1 * w);
  const flank = cat ? 2.05 : 1.8;
  drawTail(pen, animal, [3.55, cat ? 1.0 : 0.85], { side: 1, size: build.tail });
  for (const x of [0.55, 3.2])
    drawLeg(
      pen,
      animal,
      [
        [x + 0.25, 1.6, r * 1.3],
        [x + 0.2, 2 + build.legs * 0.4, r],
        [x + 0.15, feet - 0.12, r * 0.9],
      ],
      0.22,
    );
  const body = smooth([
    [-0.35, 0.35],
    [0.5, 0.1],
    [1.4, 0.55],
    [2.6, 0.6],
    [3.55, 0.7],
    [3.9, 1.3],
    [3.4, flank],
    [2.2, flank + 0.08],
    [0.9, belly],
    [0.0, belly - 0.2],
    [-0.45, 1.2],
  ]);
  paintPart(pen, animal, body, { kind: 'body', stripes: sideStripes([0.9, 1.0], [3.6, 1.1], 0.65) });
  drawBib(pen, animal, 1.7);
  paintPart(pen, animal, ellipse(3.3, 1.55, [0.58, 0.66]), { kind: 'body', fluff: 0.4 });
  for (const [x, thick] of [
    [0.2, 1.2],
    [3.35, 1.5],
  ] as const)
    drawLeg(pen, animal, [
      [x, 1.7, r * thick],
      [x + (x > 1 ? 0.18 : 0), 2 + build.legs * 0.45, r],
      [x, feet, r * 0.95],
    ]);
}

function drawSittingAside(pen: Pen, animal: Animal, build: Build): void {
  const w = build.stout;
  const r = build.legRadius;
  drawTail(pen, animal, [1.95, 3.35], { side: 1, size: build.tail * 0.8 });
  drawLeg(
    pen,
    animal,
    [
      [0.25, 1.6, r * 1.25],
      [0.15, 2.7, r],
      [0.05, 3.45, r],
    ],
    0.2,
  );
  const back = smooth([
    [-0.5, 0.4],
    [0.55, 0.3],
    [1.25 * w, 1.35],
    [1.9 * w, 2.5],
    [2.0 * w, 3.4],
    [1.0, 3.5],
    [0.3, 2.6],
    [-0.4, 1.9],
    [-0.55, 1.1],
  ]);
  paintPart(pen, animal, back, { kind: 'body', stripes: sideStripes([0.7, 1.1], [1.8, 2.9], 0.6) });
  drawBib(pen, animal, 1.7);
  paintPart(pen, animal, ellipse(1.3, 2.8, [0.68, 0.72]), { kind: 'body', fluff: 0.4 });
  drawPaw(pen, animal, [0.95, 3.5], { radius: 0.38, dim: 0 });
  drawLeg(pen, animal, [
    [-0.12, 1.6, r * 1.3],
    [-0.2, 2.7, r],
    [-0.25, 3.5, r],
  ]);
}

function drawCollar(pen: Pen, colour: Colour, random: Random): void {
  const band: LimbPoint[] = [
    [-0.62, 0.62, 0.09],
    [0, 0.94, 0.1],
    [0.62, 0.62, 0.09],
  ];
  fill(pen, limb(band), colour);
  const tag = pick(random, [fromHue(0.13, 0.6, 0.55), fromHue(0.6, 0.1, 0.75)]);
  fill(pen, ellipse(0, 1.1, [0.12, 0.12]), tag);
}

/** Draws everything of the animal but its head. The pen's origin is the head's centre, its unit half its height. */
export function drawBody(pen: Pen, animal: Animal, stance: Stance, build: Build): void {
  const draw = {
    portrait: drawPortrait,
    sitting: drawSitting,
    lying: drawLying,
    standing: drawStanding,
    'sitting-aside': drawSittingAside,
  }[stance];
  draw(pen, animal, build);
  if (build.collar !== undefined) drawCollar(pen, build.collar, animal.random);
}
