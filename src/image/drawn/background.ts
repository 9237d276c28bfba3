// What stands behind the animal: rooms, gardens, cloth, studio light, clutter. Knows nothing of cats and dogs.
import type { Random } from '../../core/index.ts';
import { chance, pick } from './coat.ts';
import { fromHue, hex, lighten, mix, type Colour } from './colour.ts';
import { fill, fillBetween, type Pen } from './pen.ts';
import { blob, ellipse, limb, rectangle, smooth, type LimbPoint, type Outline, type Point } from './shapes.ts';

/** Frame coordinates: x from 0 to `width`, y from 0 to 1 (the picture's height). */
export interface Frame {
  readonly pen: Pen;
  readonly width: number;
}

function wallColour(random: Random): Colour {
  return fromHue(random.next(), random.uniform(0.05, 0.45), random.uniform(0.3, 0.85));
}

function groundColour(random: Random): Colour {
  const earth = pick(random, ['#8a6b4a', '#b08d62', '#6b5544', '#9a9a94', '#c9b79c', '#5e6b73', '#7a4f3a']);
  return lighten(hex(earth), random.uniform(-0.25, 0.25));
}

/** A band over the whole width that goes from one colour to another, top to bottom. */
function drawBand({ pen, width }: Frame, top: number, bottom: number, [from, to]: readonly [Colour, Colour]): void {
  // The last one reaches beyond the frame, or a row cut through by its edge would stay dark.
  const band = rectangle(-0.1, top, width + 0.2, (bottom < 1 ? bottom : 1.1) - top);
  fillBetween(pen, band, { from, to, start: [0, top], end: [0, bottom] }, { grain: 2 });
}

function drawRoom(frame: Frame, random: Random): void {
  const { pen, width } = frame;
  const wall = wallColour(random);
  const horizon = random.uniform(0.45, 0.85);
  drawBand(frame, 0, horizon, [lighten(wall, 0.08), lighten(wall, -0.1)]);
  if (chance(random, 0.45)) drawWallpaper(frame, wall, { horizon, random });
  const floor = groundColour(random);
  drawBand(frame, horizon, 1, [lighten(floor, -0.12), floor]);
  if (chance(random, 0.5))
    for (let i = 1; i < 7; i++) {
      const y = horizon + (1 - horizon) * (i / 7) ** 1.6;
      fill(pen, rectangle(0, y, width, 0.006), lighten(floor, -0.3), { shaded: false, opacity: 0.6 });
    }
  fill(pen, rectangle(-0.1, horizon - 0.03, width + 0.2, 0.03), lighten(wall, 0.4), { shaded: false });
  const things = random.integer(3);
  for (let i = 0; i < things; i++)
    pick(random, [drawWindow, drawPictureFrame, drawSofa, drawShelf])(frame, horizon, random);
  if (chance(random, 0.35)) {
    const rug = ellipse(random.uniform(0.1, 0.9) * width, 0.93, [random.uniform(0.3, 0.6), random.uniform(0.05, 0.12)]);
    fill(pen, rug, fromHue(random.next(), random.uniform(0.2, 0.6), random.uniform(0.3, 0.65)), { grain: 6 });
  }
}

function drawWallpaper(
  { pen, width }: Frame,
  wall: Colour,
  { horizon, random }: { readonly horizon: number; readonly random: Random },
): void {
  const colour = lighten(wall, random.uniform(-0.18, 0.18));
  const step = random.uniform(0.06, 0.16);
  const dots = chance(random, 0.4);
  for (let x = step / 2; x < width; x += step) {
    if (!dots) fill(pen, rectangle(x, 0, step * 0.45, horizon), colour, { shaded: false, opacity: 0.7 });
    else
      for (let y = step / 2; y < horizon; y += step)
        fill(pen, ellipse(x, y, [step * 0.16, step * 0.16]), colour, { shaded: false, opacity: 0.8 });
  }
}

function drawWindow({ pen, width }: Frame, horizon: number, random: Random): void {
  const [w, h] = [random.uniform(0.22, 0.4), random.uniform(0.25, 0.4)];
  const [x, y] = [random.uniform(-0.05, width - w * 0.7), random.uniform(0.02, Math.max(0.05, horizon - h - 0.08))];
  fill(pen, rectangle(x - 0.02, y - 0.02, w + 0.04, h + 0.04), [240, 238, 230]);
  fill(pen, rectangle(x, y, w, h), fromHue(random.uniform(0.5, 0.65), 0.4, random.uniform(0.25, 0.85)));
  fill(pen, rectangle(x + w / 2 - 0.008, y, 0.016, h), [235, 233, 226], { shaded: false });
  fill(pen, rectangle(x, y + h / 2 - 0.008, w, 0.016), [235, 233, 226], { shaded: false });
}

function drawPictureFrame({ pen, width }: Frame, _horizon: number, random: Random): void {
  const [w, h] = [random.uniform(0.12, 0.25), random.uniform(0.12, 0.22)];
  const [x, y] = [random.uniform(0, width - w), random.uniform(0.02, 0.2)];
  fill(pen, rectangle(x, y, w, h), groundColour(random));
  fill(pen, rectangle(x + 0.015, y + 0.015, w - 0.03, h - 0.03), wallColour(random));
  fill(pen, blob(x + w / 2, y + h / 2, h * 0.25, random), wallColour(random));
}

function drawSofa({ pen, width }: Frame, horizon: number, random: Random): void {
  const colour = fromHue(random.next(), random.uniform(0.15, 0.6), random.uniform(0.2, 0.6));
  const x = random.uniform(-0.3, width - 0.4);
  const w = random.uniform(0.6, 1.1);
  const top = horizon - random.uniform(0.2, 0.35);
  const rounded = (left: number, y: number, right: number, bottom: number): Outline =>
    smooth(
      [
        [left, y + 0.04],
        [left + 0.05, y],
        [right - 0.05, y],
        [right, y + 0.04],
        [right, bottom],
        [left, bottom],
      ],
      3,
    );
  fill(pen, rounded(x, top, x + w, horizon + 0.16), colour, { grain: 4 });
  fill(pen, rounded(x - 0.06, top + 0.14, x + 0.1, horizon + 0.2), lighten(colour, -0.12), { grain: 4 });
  fill(pen, rounded(x + w - 0.1, top + 0.14, x + w + 0.06, horizon + 0.2), lighten(colour, -0.12), { grain: 4 });
  fill(pen, rounded(x + 0.06, horizon, x + w - 0.06, horizon + 0.14), lighten(colour, 0.1), { grain: 4 });
}

function drawShelf({ pen, width }: Frame, _horizon: number, random: Random): void {
  const y = random.uniform(0.1, 0.4);
  let x = random.uniform(0, width * 0.7);
  fill(pen, rectangle(x - 0.05, y, 0.5, 0.025), groundColour(random));
  for (let i = 0; i < 8; i++) {
    const [w, h] = [random.uniform(0.02, 0.05), random.uniform(0.08, 0.16)];
    fill(pen, rectangle(x, y - h, w, h), fromHue(random.next(), random.uniform(0.2, 0.7), random.uniform(0.25, 0.7)));
    x += w + 0.004;
  }
}

function drawOutdoors(frame: Frame, random: Random): void {
  const { pen, width } = frame;
  const horizon = random.uniform(0.25, 0.7);
  const sky = fromHue(random.uniform(0.53, 0.64), random.uniform(0.2, 0.7), random.uniform(0.55, 0.85));
  const evening = chance(random, 0.2) ? fromHue(random.uniform(0.02, 0.1), 0.6, 0.7) : lighten(sky, 0.45);
  drawBand(frame, 0, horizon, [sky, evening]);
  const clouds = random.integer(4);
  for (let i = 0; i < clouds; i++) {
    const [x, y] = [random.uniform(0, width), random.uniform(0, horizon * 0.7)];
    for (let k = 0; k < 4; k++)
      fill(pen, ellipse(x + k * 0.06, y + random.uniform(-0.02, 0.02), [0.09, 0.045]), [250, 250, 252], {
        shaded: false,
        opacity: 0.75,
      });
  }
  const ground = pick(random, [
    hex('#5f8f3e'),
    hex('#7aa04a'),
    hex('#4d7a3c'),
    hex('#c8b27c'),
    hex('#dfe5ea'),
    hex('#8c8377'),
  ]);
  const hills = smooth([
    [-0.2, horizon + 0.02],
    [width * 0.25, horizon - random.uniform(0.02, 0.14)],
    [width * 0.6, horizon - random.uniform(0, 0.08)],
    [width * 1.1, horizon - random.uniform(0.02, 0.16)],
    [width * 1.2, horizon + 0.2],
    [-0.2, horizon + 0.2],
  ]);
  fill(pen, hills, lighten(mix(ground, sky, 0.35), -0.1));
  drawBand(frame, horizon, 1, [lighten(ground, 0.08), lighten(ground, -0.18)]);
  const trees = random.integer(4);
  for (let i = 0; i < trees; i++) drawTree(frame, horizon, random);
  drawBlades(frame, { from: horizon, colour: ground, count: 40 + random.integer(60), random });
}

function drawTree({ pen, width }: Frame, horizon: number, random: Random): void {
  const [x, size] = [random.uniform(0, width), random.uniform(0.1, 0.25)];
  const trunk: LimbPoint[] = [
    [x, horizon + 0.03, size * 0.13],
    [x, horizon - size * 0.6, size * 0.09],
  ];
  fill(pen, limb(trunk, 2), hex('#5b4632'));
  const leaves = fromHue(random.uniform(0.18, 0.38), random.uniform(0.25, 0.55), random.uniform(0.2, 0.45));
  for (let k = 0; k < 3; k++)
    fill(
      pen,
      blob(x + random.uniform(-0.4, 0.4) * size, horizon - size * (0.7 + 0.3 * k), size * 0.5, random),
      leaves,
      {
        grain: 8,
      },
    );
}

interface Blades {
  readonly from: number;
  readonly colour: Colour;
  readonly count: number;
  readonly random: Random;
}

/** Grass, stubble or pebbles: short strokes, longer towards the viewer. */
export function drawBlades({ pen, width }: Frame, { from, colour, count, random }: Blades): void {
  for (let i = 0; i < count; i++) {
    const y = from + (1.05 - from) * random.next();
    const length = 0.02 + 0.06 * ((y - from) / Math.max(0.1, 1 - from));
    const x = random.next() * width;
    const blade: LimbPoint[] = [
      [x, y, 0.006],
      [x + random.uniform(-0.02, 0.02), y - length, 0.001],
    ];
    fill(pen, limb(blade, 1), lighten(colour, random.uniform(-0.35, 0.25)), { shaded: false, opacity: 0.8 });
  }
}

function drawCloth(frame: Frame, random: Random): void {
  const { pen, width } = frame;
  const ground = wallColour(random);
  drawBand(frame, 0, 1, [lighten(ground, 0.1), lighten(ground, -0.15)]);
  const second = wallColour(random);
  const step = random.uniform(0.08, 0.22);
  const kind = pick(random, ['stripes', 'checks', 'dots', 'waves'] as const);
  const slant = random.uniform(-0.4, 0.4);
  const bar = (x: number, share: number): Point[] => [
    [x, -0.1],
    [x + step * share, -0.1],
    [x + step * share + slant, 1.1],
    [x + slant, 1.1],
  ];
  if (kind === 'stripes' || kind === 'checks')
    for (let x = -0.5; x < width + 0.5; x += step)
      fill(pen, bar(x, random.uniform(0.3, 0.5)), second, { shaded: false, opacity: 0.7, grain: 3 });
  for (let y = step / 2; y < 1; y += step) {
    if (kind === 'checks') fill(pen, rectangle(0, y, width, step * 0.4), second, { shaded: false, opacity: 0.45 });
    if (kind === 'dots')
      for (let x = step / 2; x < width; x += step)
        fill(pen, ellipse(x, y, [step * 0.22, step * 0.22]), second, { shaded: false });
    if (kind === 'waves') {
      const wave = [0, 1, 2, 3, 4].map((k): LimbPoint => [
        (k / 4) * width,
        y + (k % 2 === 0 ? 0.03 : -0.03),
        step * 0.14,
      ]);
      fill(pen, limb(wave), second, { shaded: false, opacity: 0.8 });
    }
  }
  const folds = 2 + random.integer(3);
  for (let i = 0; i < folds; i++) {
    const x = random.uniform(0, width);
    const fold: LimbPoint[] = [
      [x, -0.1, 0.03],
      [x + random.uniform(-0.2, 0.2), 0.5, 0.06],
      [x + random.uniform(-0.3, 0.3), 1.1, 0.03],
    ];
    fill(pen, limb(fold), lighten(ground, chance(random, 0.5) ? -0.5 : 0.5), { shaded: false, opacity: 0.14 });
  }
}

function drawStudio(frame: Frame, random: Random): void {
  const { pen, width } = frame;
  const colour = wallColour(random);
  drawBand(frame, 0, 1, [colour, lighten(colour, -0.3)]);
  const [x, y] = [random.uniform(0.2, 0.8) * width, random.uniform(0.2, 0.6)];
  for (let i = 6; i > 0; i--)
    fill(pen, ellipse(x, y, [0.13 * i, 0.12 * i]), lighten(colour, 0.5), { shaded: false, opacity: 0.07 });
  if (chance(random, 0.4))
    drawBand(frame, random.uniform(0.65, 0.85), 1, [lighten(colour, -0.1), lighten(colour, 0.15)]);
}

function drawClutter(frame: Frame, random: Random): void {
  const { pen, width } = frame;
  const colour = wallColour(random);
  drawBand(frame, 0, 1, [colour, lighten(wallColour(random), -0.1)]);
  const soft = chance(random, 0.5);
  const count = 10 + random.integer(16);
  for (let i = 0; i < count; i++) {
    const [x, y, r] = [random.next() * width, random.next(), random.uniform(0.03, 0.16)];
    const thing = fromHue(random.next(), random.uniform(0.1, 0.7), random.uniform(0.2, 0.8));
    if (soft) fill(pen, ellipse(x, y, [r, r]), thing, { shaded: false, opacity: 0.3 });
    else
      fill(pen, chance(random, 0.5) ? blob(x, y, r, random) : rectangle(x, y, r * 1.6, r * 1.1), thing, { grain: 4 });
  }
}

/** Fills the frame and returns the colour of things that may grow in front as well. */
export function drawBackground(frame: Frame, random: Random): void {
  pick(random, [drawRoom, drawRoom, drawRoom, drawOutdoors, drawOutdoors, drawCloth, drawStudio, drawClutter])(
    frame,
    random,
  );
}
