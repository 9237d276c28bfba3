// What the gradients of convolution share: its sizes, and the input as each kernel position sees it.
import { firstGradient, type GradientContext } from '../operator.ts';
import { type Window, windowOf } from '../shapes.ts';
import { intAttribute, requiredInput, staticShape, type Value } from '../types.ts';
import { unsupportedGradient } from './unsupported-gradient.ts';

/** The sizes of one convolution over [N, C, H, W]. */
export interface Geometry {
  readonly n: number;
  readonly groups: number;
  /** Input channels and filters of one group. */
  readonly channels: number;
  readonly filters: number;
  readonly size: readonly [number, number];
  readonly output: readonly [number, number];
  readonly window: Window;
}

/** The sizes of the Conv node whose gradient is asked for; OPERATOR_UNSUPPORTED unless it has two spatial axes. */
export function geometryOf(c: GradientContext): Geometry {
  const rank = requiredInput(c.node, 1).shape.length - 2;
  if (rank !== 2) throw unsupportedGradient(c.node, `${rank} spatial axes`, '2 spatial axes');
  const [n = 1, , h = 1, w = 1] = staticShape(requiredInput(c.node, 0));
  const [filters = 1, channels = 1, ...kernel] = staticShape(requiredInput(c.node, 1));
  const [, , oh = 1, ow = 1] = staticShape(firstGradient(c));
  const groups = intAttribute(c.node, 'group', 1);
  const window = windowOf(c.node, kernel, [n, channels, h, w]);
  return { n, groups, channels, filters: filters / groups, size: [h, w], output: [oh, ow], window };
}

/** The input as seen by each kernel position: kh·kw slices of the padded input, each of the output's spatial size. */
export function patches(c: GradientContext, g: Geometry, x: Value): Value[] {
  const { kernel, strides, dilations, pads } = g.window;
  const padded = pads.some((pad) => pad !== 0)
    ? c.b.node('Pad', [x, c.b.int64s(0, 0, pads[0] ?? 0, pads[1] ?? 0, 0, 0, pads[2] ?? 0, pads[3] ?? 0)])
    : x;
  const [kh = 1, kw = 1] = kernel;
  const [sh = 1, sw = 1] = strides;
  const result: Value[] = [];
  for (let i = 0; i < kh; i++)
    for (let j = 0; j < kw; j++) {
      const [top, left] = [i * (dilations[0] ?? 1), j * (dilations[1] ?? 1)];
      const ends = c.b.int64s(top + (g.output[0] - 1) * sh + 1, left + (g.output[1] - 1) * sw + 1);
      result.push(c.b.node('Slice', [padded, c.b.int64s(top, left), ends, c.b.int64s(2, 3), c.b.int64s(sh, sw)]));
    }
  return result;
}
