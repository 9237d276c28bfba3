// AveragePool. Every position of a window gets an equal part of its gradient: a transposed depthwise convolution.
import { firstGradient, type GradientContext, operand, type OperatorDefinition } from '../operator.ts';
import { type Window, windowOf, windowOutput } from '../shapes.ts';
import { type GraphNode, int, intAttribute, intsAttribute, requiredInput, staticShape } from '../types.ts';
import { placement } from './window-placement.ts';
import { unsupportedGradient } from './unsupported-gradient.ts';

export const averagePool: OperatorDefinition = {
  op: 'AveragePool',
  infer: (c) => {
    const x = operand(c, 0);
    const window = windowOf(c, intsAttribute(c, 'kernel_shape', []), x.shape);
    const spatial = windowOutput(c, x.shape, window, intAttribute(c, 'ceil_mode', 0) === 1);
    return [{ dtype: x.dtype, shape: [x.shape[0] ?? 1, x.shape[1] ?? 1, ...spatial] }];
  },
  gradient: (c) => {
    const shape = staticShape(requiredInput(c.node, 0));
    if (shape.length !== 4) throw unsupportedGradient(c.node, `${shape.length - 2} spatial axes`, '2 spatial axes');
    return [spread(c, shape)];
  },
};

function spread(
  c: GradientContext,
  [, channels = 1, h = 1, w = 1]: readonly number[],
): ReturnType<typeof firstGradient> {
  const [, , oh = 1, ow = 1] = staticShape(firstGradient(c));
  const window = windowOf(c.node, intsAttribute(c.node, 'kernel_shape', []), [1, 1, h, w]);
  const [kh = 1, kw = 1] = window.kernel;
  const counts = windowCounts(c.node, window, { size: [h, w], output: [oh, ow] });
  const [count = 1] = counts;
  const uniform = counts.every((other) => other === count);
  const share = (each: number): number => 1 / each;
  const gradient = uniform
    ? firstGradient(c)
    : c.b.mul(firstGradient(c), c.b.floats(counts.map(share), [1, 1, oh, ow]));
  const weights = new Float32Array(channels * kh * kw).fill(uniform ? share(count) : 1);
  return c.b.node('ConvTranspose', [gradient, c.b.floats(weights, [channels, 1, kh, kw])], {
    ...placement(window, [h, w], [oh, ow]),
    group: int(channels),
  });
}

/** How many inputs each window averages over: all of it, or only what lies inside the picture. */
function windowCounts(
  node: GraphNode,
  { kernel, strides, pads }: Window,
  sizes: { readonly size: readonly [number, number]; readonly output: readonly [number, number] },
): number[] {
  const includePad = intAttribute(node, 'count_include_pad', 0) === 1;
  const along = (axis: 0 | 1): number[] => {
    const [before, after] = includePad ? [pads[axis] ?? 0, pads[axis + 2] ?? 0] : [0, 0];
    return Array.from({ length: sizes.output[axis] }, (_, o) => {
      const start = o * (strides[axis] ?? 1) - (pads[axis] ?? 0);
      return Math.min(start + (kernel[axis] ?? 1), sizes.size[axis] + after) - Math.max(start, -before);
    });
  };
  const [rows, columns] = [along(0), along(1)];
  return rows.flatMap((row) => columns.map((column) => row * column));
}
