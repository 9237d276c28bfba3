// AveragePool. Every position of a window gets an equal part of its gradient.
import { firstGradient, operand, type OperatorDefinition } from '../operator.ts';
import { type Window, windowAttributes, windowOf, windowOutput } from '../shapes.ts';
import { type GraphNode, int, intAttribute, intsAttribute, requiredInput, staticShape, type Value } from '../types.ts';

export const averagePool: OperatorDefinition = {
  op: 'AveragePool',
  infer: (c) => {
    const x = operand(c, 0);
    const window = windowOf(c, intsAttribute(c, 'kernel_shape', []), x.shape);
    const spatial = windowOutput(c, x.shape, window, intAttribute(c, 'ceil_mode', 0) === 1);
    return [{ dtype: x.dtype, shape: [x.shape[0] ?? 1, x.shape[1] ?? 1, ...spatial] }];
  },
  gradient: (c) => {
    const x = requiredInput(c.node, 0);
    const [, channels = 1, h = 1, w = 1] = staticShape(x);
    const window = windowOf(c.node, intsAttribute(c.node, 'kernel_shape', []), x.shape);
    const [, , oh = 1, ow = 1] = staticShape(firstGradient(c));
    const counts = windowCounts(c.node, window, [h, w], [oh, ow]);
    const each = c.b.mul(
      firstGradient(c),
      c.b.floats(
        counts.map((count) => 1 / count),
        [1, 1, oh, ow],
      ),
    );
    return [spread(c.b, each, { window, channels, size: [h, w], output: [oh, ow] })];
  },
};

/** How many inputs each window averages over: all of it, or only what lies inside the picture. */
function windowCounts(
  node: GraphNode,
  { kernel, strides, dilations, pads }: Window,
  size: readonly [number, number],
  output: readonly [number, number],
): number[] {
  const includePad = intAttribute(node, 'count_include_pad', 0) === 1;
  const along = (axis: 0 | 1): number[] =>
    Array.from({ length: output[axis] }, (_, o) => {
      const start = o * (strides[axis] ?? 1) - (pads[axis] ?? 0);
      const taps = Array.from({ length: kernel[axis] ?? 1 }, (__, k) => start + k * (dilations[axis] ?? 1));
      const [low, high] = includePad ? [-(pads[axis] ?? 0), size[axis] + (pads[axis + 2] ?? 0)] : [0, size[axis]];
      return taps.filter((at) => at >= low && at < high).length;
    });
  const [rows, columns] = [along(0), along(1)];
  return rows.flatMap((row) => columns.map((column) => row * column));
}

/** Adds each output value to all inputs of its window: a transposed depthwise convolution with ones. */
function spread(
  b: Parameters<NonNullable<OperatorDefinition['gradient']>>[0]['b'],
  each: Value,
  g: { window: Window; channels: number; size: readonly [number, number]; output: readonly [number, number] },
): Value {
  const [kh = 1, kw = 1] = g.window.kernel;
  const ones = b.floats(new Float32Array(g.channels * kh * kw).fill(1), [g.channels, 1, kh, kw]);
  // With ceil_mode the last window may hang over the edge: then less is missing than the window's reach.
  const reach = [0, 1].map(
    (i) =>
      ((g.output[i] ?? 1) - 1) * (g.window.strides[i] ?? 1) +
      ((g.window.kernel[i] ?? 1) - 1) * (g.window.dilations[i] ?? 1) +
      1,
  );
  const full = b.node('ConvTranspose', [each, ones], {
    ...windowAttributes({ ...g.window, pads: [0, 0, 0, 0] }),
    group: int(g.channels),
  });
  const [top = 0, left = 0] = g.window.pads;
  const [h, w] = g.size;
  const [lackRows, lackColumns] = [Math.max(0, top + h - (reach[0] ?? 0)), Math.max(0, left + w - (reach[1] ?? 0))];
  const enough =
    lackRows + lackColumns > 0 ? b.node('Pad', [full, b.int64s(0, 0, 0, 0, 0, 0, lackRows, lackColumns)]) : full;
  const exact = top === 0 && left === 0 && (reach[0] ?? 0) + lackRows === h && (reach[1] ?? 0) + lackColumns === w;
  return exact ? enough : b.node('Slice', [enough, b.int64s(top, left), b.int64s(top + h, left + w), b.int64s(2, 3)]);
}
