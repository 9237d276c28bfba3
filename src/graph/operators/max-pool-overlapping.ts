// Gradient of MaxPool whose windows overlap, are padded or dilated: every kernel position is looked at by itself. Its
// strided view of the padded input is compared with the maxima; holders of a maximum share its gradient; one transposed
// convolution with one-hot kernels puts all shares back to where they were taken from.
import { firstGradient, type GradientContext } from '../operator.ts';
import { type Window, windowOf } from '../shapes.ts';
import { int, intsAttribute, requiredInput, requiredOutput, staticShape, type Value } from '../types.ts';
import { onnxDataTypes } from './cast.ts';
import { placement } from './window-placement.ts';
import { unsupportedGradient } from './unsupported-gradient.ts';

interface Geometry {
  readonly window: Window;
  readonly n: number;
  readonly channels: number;
  readonly size: readonly [number, number];
  readonly output: readonly [number, number];
  /** Rows and columns of the input together with its padding, as far as the windows reach or the input goes. */
  readonly padded: readonly [number, number];
}

/** dL/dx for any window over two spatial axes. */
export function overlappingMaxPoolGradient(c: GradientContext): Value {
  const { b } = c;
  const g = geometryOf(c);
  const masks = views(c, g).map((view) =>
    b.node('Cast', [b.node('Equal', [view, requiredOutput(c.node, 0)])], { to: int(onnxDataTypes.float32) }),
  );
  const holders = b.node('Sum', masks);
  const each = b.div(firstGradient(c), holders);
  const shares = masks.map((mask) => b.reshape(b.mul(each, mask), [g.n * g.channels, 1, ...g.output]));
  const joined = b.node('Concat', shares, { axis: int(1) }); // [N·C, taps, oh, ow]
  return b.reshape(placed(c, joined, g), staticShape(requiredInput(c.node, 0)));
}

function geometryOf(c: GradientContext): Geometry {
  const x = requiredInput(c.node, 0);
  if (x.shape.length !== 4) throw unsupportedGradient(c.node, `${x.shape.length - 2} spatial axes`, '2 spatial axes');
  const [n = 1, channels = 1, h = 1, w = 1] = staticShape(x);
  const [, , oh = 1, ow = 1] = staticShape(requiredOutput(c.node, 0));
  const window = windowOf(c.node, intsAttribute(c.node, 'kernel_shape', []), x.shape);
  const reach = (axis: 0 | 1, input: number, outputs: number): number =>
    Math.max(input + (window.pads[axis] ?? 0), reachOf(window, axis, outputs));
  return { window, n, channels, size: [h, w], output: [oh, ow], padded: [reach(0, h, oh), reach(1, w, ow)] };
}

/** Pixels from the first window's begin to the last one's end. */
function reachOf({ kernel, strides, dilations }: Window, axis: 0 | 1, outputs: number): number {
  return (outputs - 1) * (strides[axis] ?? 1) + ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
}

/** What each kernel position sees: kh·kw tensors of the output's shape. Padding holds −∞, which is never a maximum. */
function views(c: GradientContext, { window, size, output, padded }: Geometry): Value[] {
  const { b } = c;
  const [top = 0, left = 0] = window.pads;
  const [bottom, right] = [padded[0] - top - size[0], padded[1] - left - size[1]];
  const x = requiredInput(c.node, 0);
  const pads = b.int64s(0, 0, top, left, 0, 0, bottom, right);
  const source = top + left + bottom + right > 0 ? b.node('Pad', [x, pads, b.floats([-Infinity])]) : x;
  const [kh = 1, kw = 1] = window.kernel;
  const [sh = 1, sw = 1] = window.strides;
  const [dh = 1, dw = 1] = window.dilations;
  return Array.from({ length: kh * kw }, (_, tap) => {
    const [row, column] = [Math.floor(tap / kw) * dh, (tap % kw) * dw];
    const ends = b.int64s(row + (output[0] - 1) * sh + 1, column + (output[1] - 1) * sw + 1);
    return b.node('Slice', [source, b.int64s(row, column), ends, b.int64s(2, 3), b.int64s(sh, sw)]);
  });
}

/** [N·C, taps, oh, ow] → [N·C, 1, h, w]: every tap's share goes to its own place; overlaps add up. */
function placed(c: GradientContext, shares: Value, { window, size, output }: Geometry): Value {
  const [kh = 1, kw = 1] = window.kernel;
  const taps = kh * kw;
  const oneHot = new Float32Array(taps * taps);
  for (let tap = 0; tap < taps; tap++) oneHot[tap * taps + tap] = 1;
  return c.b.node('ConvTranspose', [shares, c.b.floats(oneHot, [taps, 1, kh, kw])], placement(window, size, output));
}
