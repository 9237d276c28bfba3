// One drawn picture: size, scene, animal, camera. Everything but the animal's shape is drawn from streams that do not know
// its class.
import { createRandom, type Random } from '../../core/index.ts';
import type { Pixels } from '../pixels.ts';
import type { Animal, AnimalLabel } from './animal.ts';
import { drawBackground, type Frame } from './background.ts';
import { drawBody, footprintOf, randomBuild, type Build, type Stance } from './body.ts';
import { photograph, randomCamera } from './camera.ts';
import { createCanvas, type Canvas } from './canvas.ts';
import { catEyes, drawCatFace, randomCatFeatures } from './cat-head.ts';
import { chance, pick, randomCoat } from './coat.ts';
import { black } from './colour.ts';
import { dogEyes, drawDogFace, randomDogFeatures } from './dog-head.ts';
import { enlarge } from './enlarge.ts';
import type { HeadPose } from './face.ts';
import { drawForeground } from './foreground.ts';
import { grainTile } from './grain.ts';
import { fill, movePen, type Matrix, type Pen } from './pen.ts';
import { ellipse } from './shapes.ts';

export interface DrawAnimalOptions {
  readonly label: AnimalLabel;
  readonly random: Random;
  /** Length of the longer side, 32 to 2048 pixels; 200 to 500 at random unless told. */
  readonly sizePx?: number;
}

const stanceWeights: readonly Stance[] = [
  'portrait',
  'portrait',
  'portrait',
  'portrait',
  'portrait',
  'sitting',
  'sitting',
  'sitting',
  'lying',
  'lying',
  'standing',
  'sitting-aside',
];

/** Half a head's height as a share of the picture's shorter side. */
const headShare: Readonly<Record<Stance, readonly [number, number]>> = {
  portrait: [0.24, 0.4],
  sitting: [0.18, 0.24],
  lying: [0.19, 0.27],
  standing: [0.16, 0.2],
  'sitting-aside': [0.17, 0.23],
};

function randomSize(random: Random, sizePx: number | undefined): { readonly width: number; readonly height: number } {
  // Small ones are the more frequent, as in collections from the web.
  const long = sizePx ?? Math.round(210 + 290 * random.next() ** 3);
  const short = Math.round(long * pick(random, [0.75, 0.75, 0.8, 0.67, 0.9, 1]));
  return chance(random, 0.5) ? { width: long, height: short } : { width: short, height: long };
}

/** The background, out of focus: drawn at half size and spread. */
function drawBehind(canvas: Canvas, frame: Frame, random: Random): void {
  const small = createCanvas(Math.ceil(canvas.width / 2), Math.ceil(canvas.height / 2));
  const scale = canvas.height / 2;
  const pen = { ...frame.pen, canvas: small, matrix: [scale, 0, 0, scale, 0, 0] as const };
  drawBackground({ ...frame, pen }, random);
  enlarge(small, canvas);
}

interface Placing {
  readonly stance: Stance;
  readonly build: Build;
  /** Canvas coordinates from half heads around the head's centre. */
  readonly matrix: Matrix;
  readonly pose: HeadPose;
  readonly headTilt: number;
}

function randomPlacing(canvas: Canvas, label: AnimalLabel, random: Random): Placing {
  const stance = pick(random, stanceWeights);
  const build = randomBuild({ label }, random);
  const [low, high] = headShare[stance];
  // One in five is a snapshot: farther away, askew, off centre. Without these the task has no hard cases.
  const snapshot = chance(random, 0.2);
  const distance = snapshot ? random.uniform(0.62, 0.85) : 1;
  const scale = random.uniform(low, high) * distance * Math.min(canvas.width, canvas.height);
  const { left, right, bottom } = footprintOf(stance, build);
  const mirror = chance(random, 0.5) ? -1 : 1;
  // The middle of head and body comes near the picture's; the head itself stays inside, cut a little at most.
  const [centreX, centreY] = [((left + right) / 2) * mirror * 0.8, (bottom - 1.4) / 2];
  const wander = (side: number): number => side * (0.5 + random.uniform(-0.12, 0.12) * (snapshot ? 2 : 1));
  const keep = (value: number, side: number): number => Math.min(side - scale * 0.75, Math.max(scale * 0.75, value));
  const x = keep(wander(canvas.width) - centreX * scale, canvas.width);
  const y = keep(wander(canvas.height) - centreY * scale, canvas.height);
  const turn = random.normal() * (stance === 'portrait' ? 0.14 : 0.08) * (snapshot ? 2 : 1);
  const [cos, sin] = [Math.cos(turn) * scale, Math.sin(turn) * scale];
  return {
    stance,
    build,
    matrix: [cos * mirror, sin * mirror, -sin, cos, x, y],
    pose: { yaw: random.uniform(-0.5, 0.5), pitch: random.uniform(-0.1, 0.2) },
    headTilt: random.normal() * 0.1,
  };
}

function drawShadow(pen: Pen, placing: Placing): void {
  if (placing.stance === 'portrait') return;
  const { left, right, bottom } = footprintOf(placing.stance, placing.build);
  for (const grow of [1.15, 0.95, 0.75]) {
    const shape = ellipse((left + right) / 2, bottom - 0.1, [((right - left) / 2) * grow, 0.3 * grow]);
    fill(pen, shape, black, { shaded: false, opacity: 0.16 });
  }
}

function drawHead(pen: Pen, animal: Animal, placing: Placing): void {
  const head = movePen(pen, { x: 0, y: 0, turn: placing.headTilt });
  if (animal.label === 'cat') drawCatFace(head, animal, randomCatFeatures(animal), placing.pose);
  else drawDogFace(head, animal, randomDogFeatures(animal), placing.pose);
}

/**
 * Draws a cat or a dog somewhere, as a photo might show it: RGB, 67 % to 100 % as wide as high or the other way round.
 * The same `random` gives the same bytes.
 */
export function drawAnimal({ label, random, sizePx }: DrawAnimalOptions): Pixels {
  // Streams of their own, so that a change in how a class is drawn moves neither scene nor camera.
  const key = random.integer(2 ** 32);
  const stream = (name: string): Random => createRandom(key, name);
  const sizes = stream('size');
  const { width, height } = randomSize(sizes, sizePx);
  const canvas = createCanvas(width, height);
  const scene = stream('scene');
  const angle = scene.uniform(-2.6, -0.5);
  const shading = { fromX: Math.cos(angle), fromY: Math.sin(angle), strength: scene.uniform(0.3, 1) };
  const pen: Pen = { canvas, matrix: [height, 0, 0, height, 0, 0], shading, grain: grainTile };
  const frame: Frame = { pen, width: width / height };
  drawBehind(canvas, frame, scene);

  const looks = stream('animal');
  const animal: Animal = {
    label,
    coat: randomCoat(looks),
    eye: pick(looks, label === 'cat' ? catEyes : dogEyes),
    random: looks,
    outline: looks.uniform(0.25, 0.9),
  };
  const placing = randomPlacing(canvas, label, stream('placing'));
  const animalPen = { ...pen, matrix: placing.matrix };
  drawShadow(animalPen, placing);
  drawBody(animalPen, animal, placing.stance, placing.build);
  drawHead(animalPen, animal, placing);

  const front = stream('front');
  drawForeground(frame, front);
  photograph(canvas, randomCamera(front), grainTile, front);
  return { width, height, data: canvas.data };
}
