// Legs and paws.
import { paintPart, type Animal } from './animal.ts';
import { lighten, mix, type Colour } from './colour.ts';
import { fill, type Pen } from './pen.ts';
import { ellipse, limb, type LimbPoint, type Point } from './shapes.ts';

/** Colour of paws or of the chest. */
export function paleOr(animal: Animal, kind: 'body' | 'paw'): Colour {
  const { coat } = animal;
  if (coat.pattern === 'points' && kind === 'paw') return coat.marking;
  return coat.pattern === 'bicolour' ? coat.pale : mix(coat.base, coat.pale, 0.3);
}

/** A leg along `line`, with its paw at the end; `dim` darkens those on the far side. */
export function drawLeg(pen: Pen, animal: Animal, line: readonly LimbPoint[], dim = 0): void {
  const colour = lighten(animal.coat.base, -dim);
  const bands = line.slice(1).map(([x, y, r], i): LimbPoint[] => {
    const [px = x, py = y] = line[i] ?? [];
    const [mx, my] = [(x + px) / 2, (y + py) / 2];
    return [
      [mx - r * 1.4, my, 0.06],
      [mx + r * 0.6, my + 0.05, 0.03],
    ];
  });
  paintPart(pen, animal, limb(line), { kind: 'leg', colour, stripes: bands, fluff: 0.5 });
  const [x, y, r] = line.at(-1) ?? [0, 0, 0];
  drawPaw(pen, animal, [x, y], { radius: r * 1.15, dim });
}

export function drawPaw(
  pen: Pen,
  animal: Animal,
  [x, y]: Point,
  { radius, dim }: { radius: number; dim: number },
): void {
  const colour = lighten(paleOr(animal, 'paw'), -dim);
  paintPart(pen, animal, ellipse(x, y, [radius * 1.15, radius * 0.8]), { kind: 'leg', colour, fluff: 0 });
  for (const dx of [-0.35, 0.35]) {
    const toe: LimbPoint[] = [
      [x + dx * radius, y + radius * 0.1, 0.02],
      [x + dx * radius, y + radius * 0.65, 0.02],
    ];
    fill(pen, limb(toe, 2), animal.coat.line, { shaded: false, opacity: 0.6 });
  }
}
