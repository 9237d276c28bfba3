// A cat's head: round and wide, pricked triangular ears, slit pupils, a short muzzle with whiskers.
import { paintPart, type Animal } from './animal.ts';
import { chance } from './coat.ts';
import { hex, lighten, mix, white, type Colour } from './colour.ts';
import { foreshortening, project, type HeadPose } from './face.ts';
import { fill, fillAndMask, movePen, type Pen } from './pen.ts';
import { ellipse, limb, mirrored, smooth, type LimbPoint, type Outline, type Point } from './shapes.ts';

/** What differs from cat to cat. */
export interface CatFeatures {
  /** Half width of the head; its half height is about 0.85. */
  readonly width: number;
  readonly earHeight: number;
  /** Half width of an ear's base. */
  readonly earWidth: number;
  /** How far the tips point outwards. */
  readonly earSpread: number;
  readonly eyeSize: number;
  /** Open eyes 1, sleepy 0.4. */
  readonly eyeOpen: number;
  /** Width of the pupil's slit, as a share of the eye's. */
  readonly pupil: number;
  readonly muzzleSize: number;
  readonly whiskers: number;
}

export const catEyes: readonly Colour[] = ['#c9b037', '#8fae3c', '#5f9f6a', '#5d9cc0', '#b9742c', '#a98a2e'].map(hex);

export function randomCatFeatures({ random }: Animal): CatFeatures {
  return {
    width: random.uniform(0.94, 1.12),
    earHeight: random.uniform(0.72, 1.02),
    earWidth: random.uniform(0.33, 0.42),
    earSpread: random.uniform(0.05, 0.3),
    eyeSize: random.uniform(0.22, 0.3),
    eyeOpen: chance(random, 0.08) ? random.uniform(0.35, 0.55) : random.uniform(0.75, 1),
    pupil: random.uniform(0.16, 0.5),
    muzzleSize: random.uniform(0.85, 1.1),
    whiskers: random.uniform(0.8, 1.25),
  };
}

function headStripes(width: number): LimbPoint[][] {
  const side = (sign: number): LimbPoint[][] => [
    [
      [sign * 0.14, -0.95, 0.05],
      [sign * 0.16, -0.62, 0.05],
      [sign * 0.3, -0.42, 0.015],
    ],
    [
      [sign * 0.42, -0.9, 0.05],
      [sign * 0.42, -0.6, 0.04],
      [sign * 0.5, -0.4, 0.012],
    ],
    [
      [sign * width * 1.05, 0.05, 0.05],
      [sign * width * 0.75, 0.12, 0.035],
      [sign * width * 0.56, 0.1, 0.01],
    ],
    [
      [sign * width * 1.0, 0.4, 0.05],
      [sign * width * 0.74, 0.36, 0.035],
      [sign * width * 0.55, 0.3, 0.01],
    ],
  ];
  return [
    [
      [0, -0.95, 0.045],
      [0, -0.5, 0.03],
      [0, -0.38, 0.01],
    ],
    ...side(1),
    ...side(-1),
  ];
}

function drawEar(pen: Pen, animal: Animal, features: CatFeatures, at: { pose: HeadPose; sign: number }): void {
  const { pose, sign } = at;
  const { earHeight, earWidth, earSpread, width } = features;
  const centre = 0.56 * width;
  const place = (x: number, y: number): Point => project(pose, sign * x, y, -0.05);
  const base = -0.48;
  const tip: Point = [centre + earSpread, base - 0.12 - earHeight];
  const outer = [place(centre + earWidth + 0.06, base + 0.3), place(tip[0] + 0.06, tip[1] + 0.03)];
  const inner = [place(tip[0] - 0.05, tip[1] + 0.02), place(centre - earWidth - 0.06, base - 0.06)];
  const bend = (a: Point, b: Point, bulge: number): Point => [
    (a[0] + b[0]) / 2 + sign * bulge,
    (a[1] + b[1]) / 2 - Math.abs(bulge) * 0.4,
  ];
  const [o0 = [0, 0], o1 = [0, 0]] = outer;
  const [i0 = [0, 0], i1 = [0, 0]] = inner;
  const outline: Outline = [o0, bend(o0, o1, 0.07), o1, i0, bend(i0, i1, -0.05), i1, place(centre, base + 0.45)];
  paintPart(pen, animal, outline, { kind: 'ear', fluff: 0.5 });
  const shrink = (p: Point): Point => {
    const [cx, cy] = place(centre + earSpread * 0.25, base - earHeight * 0.22);
    return [cx + (p[0] - cx) * 0.62, cy + (p[1] - cy) * 0.66];
  };
  fill(pen, outline.slice(0, 6).map(shrink), mix(animal.coat.skin, animal.coat.line, 0.22), { grain: 4 });
}

function drawEye(pen: Pen, animal: Animal, features: CatFeatures, at: { pose: HeadPose; sign: number }): void {
  const { pose, sign } = at;
  const { eyeSize, eyeOpen, pupil } = features;
  const x = sign * 0.42 * features.width;
  const [cx, cy] = project(pose, x, -0.03, 0.86);
  const squeeze = foreshortening(pose, x, 0.86);
  const eye = movePen(pen, { x: cx, y: cy, turn: sign * -0.16 });
  const [w, h] = [eyeSize * squeeze, eyeSize * 0.84 * eyeOpen];
  const almond = (grow: number): Point[] =>
    smooth([
      [-w * grow * 1.08, h * 0.22],
      [-w * grow * 0.35, -h * grow * 0.92],
      [w * grow * 0.5, -h * grow * 0.82],
      [w * grow * 1.08, -h * 0.18],
      [w * grow * 0.4, h * grow * 0.86],
      [-w * grow * 0.5, h * grow * 0.82],
    ]);
  fill(eye, almond(1.24), animal.coat.line, { shaded: false });
  const inside = fillAndMask(eye, almond(1), animal.eye);
  fill(eye, ellipse(0, 0, [w * pupil, h * 1.02]), hex('#141214'), { clip: inside, shaded: false });
  fill(eye, ellipse(-w * 0.28, -h * 0.36, [w * 0.2, w * 0.2]), white, { shaded: false, opacity: 0.95 });
}

function drawMuzzle(pen: Pen, animal: Animal, features: CatFeatures, pose: HeadPose): void {
  const { coat } = animal;
  const s = features.muzzleSize;
  const at = (x: number, y: number, z: number): Point => project(pose, x * s, y, z);
  for (const sign of [1, -1]) {
    const [x, y] = at(sign * 0.17, 0.44, 0.95);
    fill(pen, ellipse(x, y, [0.25 * s, 0.19 * s]), coat.pale, { grain: coat.grain });
  }
  const [chinX, chinY] = at(0, 0.62, 0.86);
  fill(pen, ellipse(chinX, chinY, [0.17 * s, 0.12]), coat.pale, { grain: coat.grain });
  const [noseX, noseY] = at(0, 0.27, 1.05);
  const mouth = (sign: number): LimbPoint[] => [
    [noseX, noseY + 0.08, 0.018],
    [noseX + sign * 0.02, noseY + 0.19, 0.02],
    [noseX + sign * 0.13 * s, noseY + 0.26, 0.02],
    [noseX + sign * 0.24 * s, noseY + 0.2, 0.012],
  ];
  for (const sign of [1, -1]) fill(pen, limb(mouth(sign)), coat.line, { shaded: false, opacity: 0.9 });
  const nose = smooth(
    [
      [noseX - 0.115 * s, noseY - 0.05],
      [noseX, noseY - 0.075],
      [noseX + 0.115 * s, noseY - 0.05],
      [noseX + 0.03, noseY + 0.07],
      [noseX - 0.03, noseY + 0.07],
    ],
    4,
  );
  fill(pen, nose, mix(coat.skin, coat.nose, 0.35));
  drawWhiskers(pen, animal, features, { noseX, noseY });
}

function drawWhiskers(
  pen: Pen,
  { coat, random }: Animal,
  { whiskers, muzzleSize }: CatFeatures,
  { noseX, noseY }: { readonly noseX: number; readonly noseY: number },
): void {
  const light = coat.line[0] + coat.base[0] < 150 ? lighten(coat.base, 0.75) : mix(white, coat.line, 0.08);
  for (const sign of [1, -1])
    for (let i = 0; i < 4; i++) {
      const lift = -0.14 + i * 0.12 + random.uniform(-0.02, 0.02);
      const length = whiskers * random.uniform(0.9, 1.15);
      const [x, y] = [noseX + sign * 0.2 * muzzleSize, noseY + 0.12 + i * 0.035];
      const hair: LimbPoint[] = [
        [x, y, 0.018],
        [x + sign * 0.55 * length, y + lift * 0.5 - 0.05, 0.014],
        [x + sign * 1.08 * length, y + lift + 0.06, 0.004],
      ];
      fill(pen, limb(hair, 5), light, { shaded: false, opacity: 0.92 });
    }
}

/** The head seen from the front or turned up to about 40°; the pen's origin is its centre, its unit half its height. */
export function drawCatFace(pen: Pen, animal: Animal, features: CatFeatures, pose: HeadPose): void {
  const { coat } = animal;
  for (const sign of [1, -1]) drawEar(pen, animal, features, { pose, sign });
  const w = features.width;
  const skull = smooth(
    mirrored([
      [0, -0.78],
      [0.5 * w, -0.7],
      [0.88 * w, -0.28],
      [1.0 * w, 0.18],
      [0.8 * w, 0.56],
      [0.42 * w, 0.8],
      [0, 0.86],
    ]).map(([x, y]): Point => [x + Math.sin(pose.yaw) * 0.1, y]),
  );
  const inside = paintPart(pen, animal, skull, { kind: 'head', stripes: headStripes(w) });
  if (coat.pattern === 'bicolour' || coat.pattern === 'points') {
    const [x, y] = project(pose, 0, 0.4, 0.95);
    const colour = coat.pattern === 'points' ? coat.marking : coat.pale;
    fill(pen, ellipse(x, y, [0.5, 0.52]), colour, { clip: inside, opacity: 0.85, grain: coat.grain });
    const blaze: LimbPoint[] = [
      [...project(pose, 0, -0.6, 0.7), 0.06],
      [...project(pose, 0, 0.1, 1), 0.2],
    ];
    if (coat.pattern === 'bicolour') fill(pen, limb(blaze), colour, { clip: inside, opacity: 0.9, grain: coat.grain });
  }
  for (const sign of [1, -1]) drawEye(pen, animal, features, { pose, sign });
  drawMuzzle(pen, animal, features, pose);
}
