// Fur: colours, pattern and length. One distribution for cats and dogs alike, so that no colour or pattern tells which.
import type { Random } from '../../core/index.ts';
import { hex, lighten, mix, type Colour } from './colour.ts';

export type CoatPattern = 'solid' | 'stripes' | 'patches' | 'bicolour' | 'points' | 'ticked';

export interface Coat {
  readonly pattern: CoatPattern;
  readonly base: Colour;
  /** Patches, stripes, points. */
  readonly marking: Colour;
  /** Muzzle, chest, paws of a bicolour; else close to the base. */
  readonly pale: Colour;
  readonly nose: Colour;
  /** Inside of the ears, tongue, lips. */
  readonly skin: Colour;
  /** Outlines, mouth, eye rims. */
  readonly line: Colour;
  /** How far tufts stand off, in head radii; 0 for short fur. */
  readonly fluff: number;
  /** Grey levels of the fur's grain. */
  readonly grain: number;
}

const furs = [
  '#2e2c30',
  '#4b4a50',
  '#7d838c',
  '#a7a9ab',
  '#4a3226',
  '#6f4a31',
  '#95653c',
  '#c17a3a',
  '#d9a05b',
  '#e3c08c',
  '#efdfc0',
  '#f1eee8',
] as const;

/** Weights: how often each pattern comes. */
const patterns: readonly CoatPattern[] = [
  'solid',
  'solid',
  'stripes',
  'stripes',
  'patches',
  'patches',
  'bicolour',
  'bicolour',
  'points',
  'ticked',
];

export function pick<T>(random: Random, items: readonly [T, ...T[]] | readonly T[]): T {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** True with probability `share`. */
export function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

function brightness(colour: Colour): number {
  return (0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]) / 255;
}

/** Something clearly darker or lighter than `base`, out of the same furs. */
function contrasting(base: Colour, random: Random): Colour {
  const candidates = furs.map(hex).filter((fur) => Math.abs(brightness(fur) - brightness(base)) > 0.25);
  return vary(pick(random, candidates), random);
}

/** A little warmer or cooler, lighter or darker. */
function vary(colour: Colour, random: Random): Colour {
  const warmth = random.uniform(-0.05, 0.05);
  return lighten([colour[0] * (1 + warmth), colour[1], colour[2] * (1 - warmth)], random.uniform(-0.1, 0.08));
}

export function randomCoat(random: Random): Coat {
  const base = vary(hex(pick(random, furs)), random);
  const pattern = pick(random, patterns);
  const whitish = vary(hex(pick(random, ['#f1eee8', '#efdfc0'])), random);
  const dark = brightness(base) < 0.45;
  const markings: Readonly<Record<CoatPattern, Colour>> = {
    solid: mix(base, dark ? whitish : hex('#2e2c30'), 0.12),
    stripes: dark ? lighten(base, random.uniform(0.18, 0.3)) : lighten(base, -random.uniform(0.3, 0.5)),
    patches: contrasting(base, random),
    bicolour: lighten(base, -0.15),
    points: dark ? contrasting(base, random) : lighten(hex('#4a3226'), random.uniform(-0.3, 0.1)),
    ticked: dark ? lighten(base, 0.35) : lighten(base, -0.4),
  };
  const pale = pattern === 'bicolour' ? whitish : mix(base, whitish, random.uniform(0.05, 0.5));
  return {
    pattern,
    base,
    marking: markings[pattern],
    pale,
    nose: pick(random, [hex('#2a2426'), hex('#3c2c2a'), hex('#5b3f3b')]),
    skin: vary(hex(pick(random, ['#e39aa0', '#d98b8b', '#c97f7d'])), random),
    line: lighten(base, dark ? -0.72 : -0.68),
    fluff: chance(random, 0.45) ? 0 : random.uniform(0.03, 0.13),
    grain: random.uniform(2, 9),
  };
}
