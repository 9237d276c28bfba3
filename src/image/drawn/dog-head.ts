// A dog's head: ears that hang, fold or stand, round eyes, a long muzzle with a large nose, often a tongue; no whiskers.
import { paintPart, type Animal } from './animal.ts';
import { chance, pick } from './coat.ts';
import { hex, lighten, mix, white, type Colour } from './colour.ts';
import { foreshortening, project, type HeadPose } from './face.ts';
import { fill, fillAndMask, movePen, type Pen } from './pen.ts';
import { ellipse, limb, mirrored, smooth, type LimbPoint, type Point } from './shapes.ts';

export type DogEars = 'hanging' | 'folded' | 'pricked';

/** What differs from dog to dog. */
export interface DogFeatures {
  readonly ears: DogEars;
  readonly earLength: number;
  readonly earWidth: number;
  /** Half width of the skull. */
  readonly width: number;
  /** How far the muzzle stands before the face. */
  readonly muzzleLength: number;
  readonly muzzleWidth: number;
  readonly noseSize: number;
  readonly eyeSize: number;
  readonly eyeOpen: number;
  /** How far the mouth is open, 0 to 1; the tongue shows above 0. */
  readonly mouth: number;
}

export const dogEyes: readonly Colour[] = ['#5a3a1e', '#6b4423', '#8a5a2b', '#3d2a1c', '#b9742c', '#5d9cc0'].map(hex);

export function randomDogFeatures({ random }: Animal): DogFeatures {
  const ears = pick<DogEars>(random, [
    'hanging',
    'hanging',
    'hanging',
    'hanging',
    'hanging',
    'folded',
    'folded',
    'pricked',
  ]);
  return {
    ears,
    earLength: random.uniform(0.95, 1.4),
    earWidth: random.uniform(0.28, 0.4),
    width: random.uniform(0.78, 0.92),
    muzzleLength: random.uniform(0.7, 1.15),
    muzzleWidth: random.uniform(0.34, 0.46),
    noseSize: random.uniform(0.2, 0.28),
    eyeSize: random.uniform(0.125, 0.165),
    eyeOpen: chance(random, 0.12) ? random.uniform(0.3, 0.6) : random.uniform(0.85, 1),
    mouth: chance(random, 0.55) ? random.uniform(0.5, 1) : 0,
  };
}

interface Side {
  readonly pose: HeadPose;
  readonly sign: number;
}

function drawHangingEar(
  pen: Pen,
  animal: Animal,
  { earLength, earWidth, width }: DogFeatures,
  { pose, sign }: Side,
): void {
  const place = (x: number, y: number): Point => project(pose, sign * x, y, 0.05);
  const [w, l] = [earWidth, earLength];
  const outline = smooth([
    place(width * 0.52, -0.76),
    place(width * 0.92, -0.74),
    place(width + w * 0.9, -0.35),
    place(width + w * 1.25, -0.3 + l * 0.55),
    place(width + w * 0.75, -0.32 + l),
    place(width + w * 0.02, -0.36 + l * 0.86),
    place(width - w * 0.18, -0.15),
  ]);
  const colour = animal.coat.pattern === 'points' ? animal.coat.marking : lighten(animal.coat.base, -0.16);
  paintPart(pen, animal, outline, { kind: 'ear', colour, fluff: 1.2 });
}

function drawFoldedEar(
  pen: Pen,
  animal: Animal,
  { earLength, earWidth, width }: DogFeatures,
  { pose, sign }: Side,
): void {
  const place = (x: number, y: number): Point => project(pose, sign * x, y, 0);
  const [x, l] = [width * 0.72, earLength * 0.42];
  const upright = smooth([
    place(x - earWidth * 0.95, -0.6),
    place(x - earWidth * 0.35, -0.86 - l * 0.55),
    place(x + earWidth * 0.75, -0.86 - l * 0.5),
    place(x + earWidth * 0.95, -0.4),
  ]);
  paintPart(pen, animal, upright, { kind: 'ear', fluff: 0.6 });
  const flap = [
    place(x - earWidth * 0.42, -0.86 - l * 0.62),
    place(x + earWidth * 0.85, -0.86 - l * 0.55),
    place(x + earWidth * 1.5, -0.5 - l * 0.05),
    place(x + earWidth * 0.5, -0.62 - l * 0.1),
  ];
  paintPart(pen, animal, smooth(flap, 5), { kind: 'ear', colour: lighten(animal.coat.base, -0.26), fluff: 0.8 });
}

function drawPrickedEar(
  pen: Pen,
  animal: Animal,
  { earLength, earWidth, width }: DogFeatures,
  { pose, sign }: Side,
): void {
  const place = (x: number, y: number): Point => project(pose, sign * x, y, -0.05);
  const [x, l, w] = [width * 0.62, earLength * 0.82, earWidth * 0.92];
  const outline = (shrink: number): Point[] =>
    smooth([
      place(x - w * shrink, -0.56),
      place(x - w * 0.45 * shrink, -0.62 - l * 0.7 * shrink),
      place(x + w * 0.2, -0.62 - l * shrink),
      place(x + w * 0.75 * shrink, -0.62 - l * 0.6 * shrink),
      place(x + w * 1.1 * shrink, -0.3),
    ]);
  paintPart(pen, animal, outline(1), { kind: 'ear', fluff: 0.6 });
  fill(pen, outline(0.62), mix(animal.coat.skin, animal.coat.line, 0.45), { grain: 4 });
}

function drawEye(pen: Pen, animal: Animal, features: DogFeatures, { pose, sign }: Side): void {
  const x = sign * 0.4 * features.width;
  const [cx, cy] = project(pose, x, -0.18, 0.84);
  const squeeze = foreshortening(pose, x, 0.84);
  const [w, h] = [features.eyeSize * squeeze, features.eyeSize * features.eyeOpen];
  const eye = movePen(pen, { x: cx, y: cy });
  fill(eye, ellipse(0, 0.01, [w * 1.32, h * 1.28]), animal.coat.line, { shaded: false });
  const inside = fillAndMask(eye, ellipse(0, 0, [w, h]), animal.eye);
  fill(eye, ellipse(0, 0, [w * 0.62, w * 0.62]), hex('#141214'), { clip: inside, shaded: false });
  fill(eye, ellipse(-w * 0.3, -h * 0.34, [w * 0.27, w * 0.27]), white, { shaded: false, opacity: 0.95 });
  const brow: LimbPoint[] = [
    [-0.14 * squeeze, -0.19, 0.02],
    [0, -0.25, 0.035],
    [0.14 * squeeze, -0.2, 0.02],
  ];
  fill(eye, limb(brow), lighten(animal.coat.base, animal.coat.base[0] < 110 ? 0.22 : -0.22), {
    shaded: false,
    opacity: 0.6,
  });
}

function drawMouth(pen: Pen, animal: Animal, features: DogFeatures, tip: Point): void {
  const { coat } = animal;
  const { muzzleWidth: w, mouth } = features;
  const [x, y] = tip;
  if (mouth > 0) {
    const jaw = smooth([
      [x - w * 0.62, y + 0.22],
      [x + w * 0.62, y + 0.22],
      [x + w * 0.45, y + 0.34 + mouth * 0.3],
      [x, y + 0.42 + mouth * 0.34],
      [x - w * 0.45, y + 0.34 + mouth * 0.3],
    ]);
    fill(pen, jaw, mix(coat.line, hex('#5a2328'), 0.5), { shaded: false });
    const tongue: LimbPoint[] = [
      [x, y + 0.28, w * 0.34],
      [x + 0.02, y + 0.36 + mouth * 0.34, w * 0.4],
    ];
    fill(pen, limb(tongue), hex('#d9707c'));
    fill(
      pen,
      limb([
        [x, y + 0.3, 0.012],
        [x + 0.02, y + 0.38 + mouth * 0.3, 0.014],
      ]),
      hex('#a84a58'),
      { shaded: false },
    );
  }
  for (const sign of [1, -1]) {
    const lip: LimbPoint[] = [
      [x, y + 0.1, 0.022],
      [x + sign * 0.02, y + 0.2, 0.024],
      [x + sign * w * 0.5, y + 0.31, 0.024],
      [x + sign * w * 0.98, y + 0.2, 0.014],
    ];
    fill(pen, limb(lip), coat.line, { shaded: false, opacity: 0.95 });
  }
}

function drawMuzzle(pen: Pen, animal: Animal, features: DogFeatures, pose: HeadPose): void {
  const { coat } = animal;
  const { muzzleLength, muzzleWidth: w, noseSize } = features;
  const root = project(pose, 0, 0.2, 0.7);
  const tip = project(pose, 0, 0.36, 0.7 + muzzleLength);
  const middle: Point = [(root[0] + tip[0]) / 2, (root[1] + tip[1]) / 2];
  const colour = coat.pattern === 'points' ? coat.marking : mix(coat.base, coat.pale, 0.85);
  const outline = limb([
    [root[0], root[1], w * 0.92],
    [middle[0], middle[1] + 0.03, w * 0.96],
    [tip[0], tip[1] + 0.08, w * 0.86],
  ]);
  const jowls = ellipse(tip[0], tip[1] + 0.14, [w * 1.02, w * 0.62]);
  if (features.mouth > 0) drawMouth(pen, animal, features, tip);
  paintPart(pen, { ...animal, outline: animal.outline * 0.5 }, outline, { kind: 'ear', colour, fluff: 0.4 });
  fill(pen, jowls, colour, { grain: coat.grain });
  drawMouth(pen, animal, { ...features, mouth: 0 }, tip);
  const nose = smooth(
    mirrored([
      [0, -noseSize * 0.66],
      [noseSize * 0.7, -noseSize * 0.6],
      [noseSize, -noseSize * 0.1],
      [noseSize * 0.5, noseSize * 0.55],
      [0, noseSize * 0.7],
    ]).map(([x, y]): Point => [x + tip[0], y + tip[1] - 0.04]),
    4,
  );
  fill(pen, nose, coat.nose);
  fill(
    pen,
    ellipse(tip[0] - noseSize * 0.25, tip[1] - 0.04 - noseSize * 0.34, [noseSize * 0.34, noseSize * 0.15]),
    white,
    {
      opacity: 0.5,
      shaded: false,
    },
  );
}

function headStripes(width: number): LimbPoint[][] {
  return [1, -1].flatMap((sign): LimbPoint[][] => [
    [
      [sign * 0.2, -0.95, 0.05],
      [sign * 0.17, -0.6, 0.05],
      [sign * 0.24, -0.4, 0.015],
    ],
    [
      [sign * width * 1.05, -0.1, 0.05],
      [sign * width * 0.75, 0.05, 0.035],
      [sign * width * 0.55, 0.06, 0.01],
    ],
    [
      [sign * width, 0.3, 0.05],
      [sign * width * 0.72, 0.34, 0.035],
      [sign * width * 0.56, 0.3, 0.01],
    ],
  ]);
}

/** The head seen from the front or turned up to about 40°; the pen's origin is its centre, its unit half its height. */
export function drawDogFace(pen: Pen, animal: Animal, features: DogFeatures, pose: HeadPose): void {
  const { coat } = animal;
  const w = features.width;
  const ears = { hanging: drawHangingEar, folded: drawFoldedEar, pricked: drawPrickedEar }[features.ears];
  const far = pose.yaw > 0 ? 1 : -1;
  if (features.ears !== 'hanging') for (const sign of [1, -1]) ears(pen, animal, features, { pose, sign });
  else ears(pen, animal, features, { pose, sign: far });
  const skull = smooth(
    mirrored([
      [0, -0.9],
      [0.5 * w, -0.84],
      [0.92 * w, -0.45],
      [0.96 * w, 0.0],
      [0.78 * w, 0.42],
      [0.5 * w, 0.74],
      [0, 0.84],
    ]).map(([x, y]): Point => [x + Math.sin(pose.yaw) * 0.12, y]),
  );
  const inside = paintPart(pen, animal, skull, { kind: 'head', stripes: headStripes(w) });
  if (coat.pattern === 'bicolour' || coat.pattern === 'points') {
    const bottom = project(pose, 0, 0.35, 1);
    const band: LimbPoint[] = [
      [...project(pose, 0, -0.85, 0.4), 0.08],
      [...project(pose, 0, -0.2, 0.98), 0.14],
      [bottom[0], bottom[1], 0.42],
    ];
    const colour = coat.pattern === 'points' ? coat.marking : coat.pale;
    const shape = coat.pattern === 'points' ? ellipse(bottom[0], bottom[1], [0.5, 0.5]) : limb(band);
    fill(pen, shape, colour, { clip: inside, opacity: 0.9, grain: coat.grain });
  }
  for (const sign of [1, -1]) drawEye(pen, animal, features, { pose, sign });
  drawMuzzle(pen, animal, features, pose);
  if (features.ears === 'hanging') ears(pen, animal, features, { pose, sign: -far });
}
