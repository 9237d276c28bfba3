// Gradients of depthwise convolution (one input channel a group), which is bound by memory rather than arithmetic, so
// that the batched matrix products of dense convolution do not pay. Measured, 16 pictures of 96 channels at 56×56, CPU
// milliseconds: 3×3 weights 33 instead of 77 (stride 2 from 112×112: 63 instead of 198), input 22 instead of 31.
import { firstGradient, type GradientContext } from '../operator.ts';
import { windowAttributes } from '../shapes.ts';
import { int, requiredInput, staticShape, type Value } from '../types.ts';
import { type Geometry, patches } from './conv-geometry.ts';

/** dL/dw of a convolution with one input channel per group (any number of filters per group). */
export function depthwiseWeightGradient(c: GradientContext, g: Geometry): Value {
  const taps = (g.window.kernel[0] ?? 1) * (g.window.kernel[1] ?? 1);
  // Slices with a step, and many of them, cost more than what a convolution copies by itself.
  const plain = taps <= 9 && g.window.strides.every((stride) => stride === 1);
  const products = plain ? tapByTap(c, g) : gradientAsKernel(c, g); // N × [G·F, taps] in any grouping
  const perSample = c.b.reshape(products, [g.n, g.groups * g.filters * taps]);
  const summed = c.b.node('ReduceSum', [perSample, c.b.int64s(0)], { keepdims: int(0) });
  return c.b.reshape(summed, staticShape(requiredInput(c.node, 1)));
}

/** One dot product per plane and kernel position: [N·G, F, P] × [N·G, P, 1], joined to [N·G, F, taps]. */
function tapByTap(c: GradientContext, g: Geometry): Value {
  const positions = g.output[0] * g.output[1];
  const planes = g.n * g.groups;
  const gradient = c.b.reshape(firstGradient(c), [planes, g.filters, positions]);
  const products = patches(c, g, requiredInput(c.node, 0)).map((patch) =>
    c.b.node('FusedMatMul', [gradient, c.b.reshape(patch, [planes, 1, positions])], { transB: int(1) }),
  );
  return c.b.node('Concat', products, { axis: int(2) });
}

/** The input convolved with dL/dy as its kernel, plane by plane; stride and dilation change places. */
function gradientAsKernel(c: GradientContext, g: Geometry): Value {
  const { kernel, strides, dilations, pads } = g.window;
  const planes = g.n * g.groups;
  const x = c.b.reshape(requiredInput(c.node, 0), [1, planes, ...g.size]);
  const weights = c.b.reshape(firstGradient(c), [planes * g.filters, 1, ...g.output]);
  // Rows and columns at the end that no window saw must not be seen now either: less padding, then a cut.
  const unseen = [0, 1].map((i) => {
    const padded = (g.size[i] ?? 0) + (pads[i] ?? 0) + (pads[i + 2] ?? 0);
    const reach = ((g.output[i] ?? 1) - 1) * (strides[i] ?? 1) + ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1;
    return padded - reach;
  });
  const ends = [0, 1].map((i) => Math.max(0, (pads[i + 2] ?? 0) - (unseen[i] ?? 0)));
  const full = c.b.node('Conv', [x, weights], {
    ...windowAttributes({
      kernel: g.output,
      strides: dilations,
      dilations: strides,
      pads: [pads[0] ?? 0, pads[1] ?? 0, ...ends],
    }),
    group: int(planes),
  });
  const [, , rows = 1, columns = 1] = staticShape(full);
  if (rows === kernel[0] && columns === kernel[1]) return full;
  return c.b.node('Slice', [full, c.b.int64s(0, 0), c.b.int64s(...kernel), c.b.int64s(2, 3)]);
}

/**
 * dL/dx of a depthwise convolution with stride 1: a convolution with the kernel turned round, faster than the grouped
 * transposed one. Undefined where that form does not apply.
 */
export function depthwiseInputGradient(c: GradientContext, g: Geometry): Value | undefined {
  const { kernel, strides, dilations, pads } = g.window;
  const reach = [0, 1].map((i) => ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1));
  const mirrored = pads.map((pad, i) => (reach[i % 2] ?? 0) - pad);
  const applies = g.channels === 1 && g.filters === 1 && strides.every((stride) => stride === 1);
  if (!applies || mirrored.some((pad) => pad < 0)) return undefined;
  const back = c.b.int64s(-1, -1);
  const begin = c.b.int64s(-(2 ** 31), -(2 ** 31));
  const turned = c.b.node('Slice', [requiredInput(c.node, 1), back, begin, c.b.int64s(2, 3), back]);
  return c.b.node('Conv', [firstGradient(c), turned], {
    ...windowAttributes({ ...g.window, pads: mirrored }),
    group: int(g.groups),
  });
}
