// What the parts of a drawn animal share: who it is, how it looks, and painting one furry part with its pattern.
import type { Random } from '../../core/index.ts';
import type { Mask } from './canvas.ts';
import { chance, type Coat } from './coat.ts';
import type { Colour } from './colour.ts';
import { fill, fillAndMask, type Pen } from './pen.ts';
import { blob, fluffy, limb, type LimbPoint, type Outline } from './shapes.ts';

export type AnimalLabel = 'cat' | 'dog';

export interface Animal {
  readonly label: AnimalLabel;
  readonly coat: Coat;
  readonly eye: Colour;
  /** Draws everything about this animal that is left to chance while drawing: tufts, spots. */
  readonly random: Random;
  /** Strength of dark outlines, 0 to 1. */
  readonly outline: number;
}

export type PartKind = 'head' | 'ear' | 'body' | 'leg' | 'tail';

export interface PartStyle {
  readonly kind: PartKind;
  /** Instead of the coat's own colour for this kind of part. */
  readonly colour?: Colour;
  /** Lines of stripes as the part's own; used by striped coats only. */
  readonly stripes?: readonly (readonly LimbPoint[])[];
  /** Scale of tufts; 0 for a smooth rim. */
  readonly fluff?: number;
}

/** The coat's colour of a kind of part, before its pattern. */
export function partColour(coat: Coat, kind: PartKind): Colour {
  if (coat.pattern === 'points' && (kind === 'ear' || kind === 'tail')) return coat.marking;
  return coat.base;
}

/** Paints one part with fur, tufts, outline and pattern. Returns its mask, for markings inside it. */
export function paintPart(pen: Pen, animal: Animal, outline: Outline, style: PartStyle): Mask {
  const { coat, random } = animal;
  const length = coat.fluff * (style.fluff ?? 1);
  const shape = fluffy(outline, { length, spacing: 0.09 + length * 0.7 }, random);
  if (animal.outline > 0) drawOutline(pen, animal, shape);
  const inside = fillAndMask(pen, shape, style.colour ?? partColour(coat, style.kind), { grain: coat.grain });
  paintPattern(pen, animal, { outline, style, inside });
  return inside;
}

function drawOutline(pen: Pen, animal: Animal, shape: Outline): void {
  const width = 0.022;
  const closed = [...shape, ...shape.slice(0, 2)].map(([x, y]): LimbPoint => [x, y, width]);
  fill(pen, limb(closed, 1), animal.coat.line, { opacity: animal.outline, shaded: false });
}

interface PatternPlace {
  readonly outline: Outline;
  readonly style: PartStyle;
  readonly inside: Mask;
}

function paintPattern(pen: Pen, animal: Animal, { outline, style, inside }: PatternPlace): void {
  const { coat } = animal;
  switch (coat.pattern) {
    case 'stripes':
      for (const stripe of style.stripes ?? [])
        fill(pen, limb(stripe, 4), coat.marking, { clip: inside, shaded: false, opacity: 0.82, grain: coat.grain });
      return;
    case 'patches':
      paintSpots(pen, animal, { outline, inside, spots: spotsOf(style.kind, animal.random) });
      return;
    case 'ticked':
      paintSpots(pen, animal, { outline, inside, spots: { count: 7, size: [0.03, 0.09] } });
      return;
    case 'solid':
    case 'bicolour':
    case 'points':
      return;
  }
}

interface Spots {
  readonly count: number;
  /** Radius, as a share of the part's larger side. */
  readonly size: readonly [number, number];
}

function spotsOf(kind: PartKind, random: Random): Spots {
  if (kind === 'ear') return { count: chance(random, 0.5) ? 1 : 0, size: [0.9, 1] };
  if (kind === 'leg' || kind === 'tail') return { count: random.integer(2), size: [0.2, 0.35] };
  return { count: 2 + random.integer(3), size: [0.12, 0.26] };
}

function paintSpots(
  pen: Pen,
  { coat, random }: Animal,
  place: { readonly outline: Outline; readonly inside: Mask; readonly spots: Spots },
): void {
  const xs = place.outline.map(([x]) => x);
  const ys = place.outline.map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const side = Math.max(right - left, bottom - top);
  for (let i = 0; i < place.spots.count; i++) {
    const radius = side * random.uniform(place.spots.size[0], place.spots.size[1]);
    const spot = blob(random.uniform(left, right), random.uniform(top, bottom), radius, random);
    fill(pen, spot, coat.marking, { clip: place.inside, opacity: 0.92, grain: coat.grain });
  }
}
