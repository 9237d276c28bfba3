// A pen: where shapes land on the canvas (an affine map), how light falls on them, and the fur's grain.
import { fillContours, fillMask, maskContours, type Canvas, type Contour, type Mask, type Paint } from './canvas.ts';
import { lighten, type Colour } from './colour.ts';
import type { Outline, Point } from './shapes.ts';

/** x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = readonly [number, number, number, number, number, number];

export interface Shading {
  /** Unit vector from where the light comes, in pixels. */
  readonly fromX: number;
  readonly fromY: number;
  /** 0: flat; 1: strong. */
  readonly strength: number;
}

export interface Pen {
  readonly canvas: Canvas;
  readonly matrix: Matrix;
  readonly shading: Shading;
  /** 64 × 64 values around 0, one standard deviation a grey level. */
  readonly grain: Float32Array;
}

export interface FillStyle {
  readonly opacity?: number;
  /** Only inside this. */
  readonly clip?: Mask | undefined;
  /** Light from one side, dark on the other; default true. */
  readonly shaded?: boolean;
  /** Strength of the grain, grey levels; 0 unless told. */
  readonly grain?: number;
}

/** The pen for parts placed at (x, y), turned by `turn` (radians) and scaled. */
export function movePen(
  pen: Pen,
  to: {
    readonly x: number;
    readonly y: number;
    readonly turn?: number;
    readonly scale?: number;
    readonly flip?: boolean;
  },
): Pen {
  const [a, b, c, d, e, f] = pen.matrix;
  const scale = to.scale ?? 1;
  const [cos, sin] = [Math.cos(to.turn ?? 0) * scale, Math.sin(to.turn ?? 0) * scale];
  const side = to.flip === true ? -1 : 1;
  return {
    ...pen,
    matrix: [
      (a * cos + c * sin) * side,
      (b * cos + d * sin) * side,
      c * cos - a * sin,
      d * cos - b * sin,
      a * to.x + c * to.y + e,
      b * to.x + d * to.y + f,
    ],
  };
}

// Snapped to 1/256 pixel: the last bits of sines may differ between machines, the picture may not.
function toContour(matrix: Matrix, outline: Outline): Contour {
  const [a, b, c, d, e, f] = matrix;
  const contour = new Array<number>(outline.length * 2);
  for (let i = 0; i < outline.length; i++) {
    const x = outline[i]?.[0] ?? 0;
    const y = outline[i]?.[1] ?? 0;
    contour[2 * i] = Math.round((a * x + c * y + e) * 256) / 256;
    contour[2 * i + 1] = Math.round((b * x + d * y + f) * 256) / 256;
  }
  return contour;
}

function shadedPaint(pen: Pen, contour: Contour, colour: Colour): Omit<Paint, 'opacity'> {
  const { fromX, fromY, strength } = pen.shading;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < contour.length; i += 2) {
    const along = -((contour[i] ?? 0) * fromX + (contour[i + 1] ?? 0) * fromY);
    if (along < low) low = along;
    if (along > high) high = along;
  }
  const span = Math.max(1, high - low);
  return {
    from: lighten(colour, 0.16 * strength),
    to: lighten(colour, -0.3 * strength),
    dx: -fromX / span,
    dy: -fromY / span,
    offset: -low / span,
  };
}

const flatDirection = { dx: 0, dy: 0, offset: 0 } as const;

function paintFor(pen: Pen, contour: Contour, colour: Colour, style: FillStyle): Paint {
  const base =
    style.shaded === false ? { from: colour, to: colour, ...flatDirection } : shadedPaint(pen, contour, colour);
  return { ...base, ...grainOf(pen, style.grain), opacity: style.opacity ?? 1 };
}

/** Paints one shape. */
export function fill(pen: Pen, outline: Outline, colour: Colour, style: FillStyle = {}): void {
  const contour = toContour(pen.matrix, outline);
  fillContours(pen.canvas, [contour], paintFor(pen, contour, colour, style), style.clip);
}

/** Paints one shape with a colour that changes from `start` (in the pen's coordinates) to `end`. */
export function fillBetween(
  pen: Pen,
  outline: Outline,
  colours: { readonly from: Colour; readonly to: Colour; readonly start: Point; readonly end: Point },
  style: { readonly grain?: number } = {},
): void {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = toContour(pen.matrix, [colours.start, colours.end]);
  const length = Math.max(1, (x1 - x0) ** 2 + (y1 - y0) ** 2);
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  fillContours(pen.canvas, [toContour(pen.matrix, outline)], {
    from: colours.from,
    to: colours.to,
    dx,
    dy,
    offset: -(x0 * dx + y0 * dy),
    opacity: 1,
    ...grainOf(pen, style.grain),
  });
}

function grainOf(pen: Pen, strength = 0): Pick<Paint, 'grain'> {
  return strength === 0 ? {} : { grain: { tile: pen.grain, strength } };
}

/** Paints one shape and returns its mask, for patterns inside it. */
export function fillAndMask(pen: Pen, outline: Outline, colour: Colour, style: FillStyle = {}): Mask {
  const contour = toContour(pen.matrix, outline);
  const inside = maskContours(pen.canvas, [contour]);
  fillMask(pen.canvas, inside, paintFor(pen, contour, colour, style));
  return inside;
}
