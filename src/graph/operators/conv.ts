// Conv: convolution over [N, C, H, W] with stride, padding, dilation and groups. Its gradients are the heart of
// training speed; the forms below won the measurements in docs/performance.md.
import { firstGradient, type GradientContext, invalidNode, operand, type OperatorDefinition } from '../operator.ts';
import { windowAttributes, windowOf, windowOutput } from '../shapes.ts';
import { int, intAttribute, ints, requiredInput, staticShape, type Value } from '../types.ts';
import { depthwiseInputGradient, depthwiseWeightGradient } from './conv-depthwise.ts';
import { type Geometry, geometryOf, patches } from './conv-geometry.ts';

export const conv: OperatorDefinition = {
  op: 'Conv',
  infer: (c) => {
    const [x, w] = [operand(c, 0), operand(c, 1)];
    const [filters, perGroup, ...kernel] = staticShape(w);
    const groups = intAttribute(c, 'group', 1);
    if (filters === undefined || perGroup === undefined || x.shape.length !== w.shape.length)
      throw invalidNode(c, `input [${x.shape.join(', ')}] and weight [${w.shape.join(', ')}] differ in rank`);
    if (x.shape[1] !== perGroup * groups)
      throw invalidNode(c, `input has ${String(x.shape[1])} channels, the weight wants ${perGroup * groups}`);
    if (filters % groups !== 0) throw invalidNode(c, `${filters} filters do not divide into ${groups} groups`);
    const window = windowOf(c, kernel, x.shape);
    return [{ dtype: x.dtype, shape: [x.shape[0] ?? 1, filters, ...windowOutput(c, x.shape, window)] }];
  },
  gradient: (c) => {
    const bias = c.node.inputs[2];
    return [
      c.needs[0] ? inputGradient(c) : undefined,
      c.needs[1] ? weightGradient(c) : undefined,
      bias !== undefined && c.needs[2] ? biasGradient(c) : undefined,
    ];
  },
};

function biasGradient(c: GradientContext): Value {
  const axes = staticShape(firstGradient(c)).flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return c.b.node('ReduceSum', [firstGradient(c), c.b.int64s(...axes)], { keepdims: int(0) });
}

/** dL/dx = transposed convolution of dL/dy with the same weights. */
function inputGradient(c: GradientContext): Value {
  const g = geometryOf(c);
  const { window, size, output, groups } = g;
  const depthwise = depthwiseInputGradient(c, g);
  if (depthwise !== undefined) return depthwise;
  if (turnsWell(g)) return turnedConvolution(c, g);
  // Rows and columns at the end that no window reached: the transposed convolution must still produce them.
  const missing = [0, 1].map((i) => {
    const extent = ((window.kernel[i] ?? 1) - 1) * (window.dilations[i] ?? 1) + 1;
    const reached = ((output[i] ?? 1) - 1) * (window.strides[i] ?? 1) + extent;
    return (size[i] ?? 1) + (window.pads[i] ?? 0) + (window.pads[i + 2] ?? 0) - reached;
  });
  return c.b.node('ConvTranspose', [firstGradient(c), requiredInput(c.node, 1)], {
    ...windowAttributes(window),
    group: int(groups),
    output_padding: ints(...missing),
  });
}

/**
 * Whether dL/dx is taken as a plain convolution with turned weights: at stride 1 it is one, and on large pictures the
 * faster form (on small ones, turning the weights costs more than it saves).
 */
function turnsWell({ groups, window, output }: Geometry): boolean {
  const simple = groups === 1 && [...window.strides, ...window.dilations].every((step) => step === 1);
  const inside = window.pads.every((pad, i) => pad < (window.kernel[i % 2] ?? 1));
  return simple && inside && output[0] * output[1] >= 1024;
}

/** dL/dx[c] = Σ over filters of dL/dy convolved with the kernel turned by 180°, padded by kernel − 1 − pad. */
function turnedConvolution(c: GradientContext, { window }: Geometry): Value {
  const [kh = 1, kw = 1] = window.kernel;
  const swapped = c.b.node('Transpose', [requiredInput(c.node, 1)], { perm: ints(1, 0, 2, 3) }); // [C, filters, kh, kw]
  const turned = c.b.node('Slice', [
    swapped,
    c.b.int64s(-1, -1),
    c.b.int64s(-kh - 1, -kw - 1),
    c.b.int64s(2, 3),
    c.b.int64s(-1, -1),
  ]);
  return c.b.node('Conv', [firstGradient(c), turned], {
    kernel_shape: ints(kh, kw),
    pads: ints(...window.pads.map((pad, i) => (window.kernel[i % 2] ?? 1) - 1 - pad)),
  });
}

/** dL/dw = Σ over samples and positions of dL/dy ⊗ the patch that was seen there (im2col, then one matrix product). */
function weightGradient(c: GradientContext): Value {
  const g = geometryOf(c);
  if (g.channels === 1 && g.groups > 1) return depthwiseWeightGradient(c, g);
  const [kh = 1, kw = 1] = g.window.kernel;
  const patch = g.channels * kh * kw;
  const positions = g.output[0] * g.output[1];
  // Per sample: [patch, positions] × [positions, filters] (this way round is the faster), then a sum over samples.
  // Across samples: one product with a long inner dimension, paid for by two transposes. The smaller traffic wins.
  const perSampleTraffic = g.groups * g.filters * patch;
  const acrossTraffic = positions * g.groups * (g.filters + g.channels);
  const flat = perSampleTraffic > acrossTraffic ? acrossSamples(c, g) : perSample(c, g);
  return c.b.reshape(flat, staticShape(requiredInput(c.node, 1)));
}

function perSample(c: GradientContext, g: Geometry): Value {
  const [kh = 1, kw = 1] = g.window.kernel;
  const positions = g.output[0] * g.output[1];
  // [N, kh·kw·C, positions], taps outermost: concatenation along channels
  const columns = c.b.node('Concat', patches(c, g, requiredInput(c.node, 0)), { axis: int(1) });
  const taps = kh * kw;
  if (g.groups === 1) {
    const left = c.b.reshape(columns, [g.n, taps * g.channels, positions]);
    const right = c.b.reshape(firstGradient(c), [g.n, g.filters, positions]);
    const products = c.b.node('FusedMatMul', [left, right], { transB: int(1) }); // [N, taps·C, filters]
    return tapsLast(c, c.b.node('ReduceSum', [products, c.b.int64s(0)], { keepdims: int(0) }), g);
  }
  // [N, taps, G, C, positions] → [N, G, taps·C, positions]
  const split = c.b.reshape(columns, [g.n, taps, g.groups, g.channels * positions]);
  const grouped = c.b.node('Transpose', [split], { perm: ints(0, 2, 1, 3) });
  const left = c.b.reshape(grouped, [g.n, g.groups, taps * g.channels, positions]);
  const right = c.b.reshape(firstGradient(c), [g.n, g.groups, g.filters, positions]);
  const products = c.b.node('FusedMatMul', [left, right], { transB: int(1) }); // [N, G, taps·C, filters]
  return tapsLast(c, c.b.node('ReduceSum', [products, c.b.int64s(0)], { keepdims: int(0) }), g);
}

function acrossSamples(c: GradientContext, g: Geometry): Value {
  const [kh = 1, kw = 1] = g.window.kernel;
  const taps = kh * kw;
  const rows = g.n * g.output[0] * g.output[1];
  const swapped = c.b.node('Transpose', [requiredInput(c.node, 0)], { perm: ints(1, 0, 2, 3) }); // [C, N, H, W]
  const gradient = c.b.node('Transpose', [firstGradient(c)], { perm: ints(1, 0, 2, 3) });
  const slices = patches(c, g, swapped); // taps × [G·C, N, oh, ow]
  if (g.groups === 1 && rows <= 8 * g.filters) {
    // A weight as large as the data: put the taps inside, so that the product comes out in the weight's own order.
    const inner = slices.map((slice) => c.b.reshape(slice, [g.channels, 1, rows]));
    const left = c.b.reshape(c.b.node('Concat', inner, { axis: int(1) }), [g.channels * taps, rows]);
    return c.b.node('FusedMatMul', [c.b.reshape(gradient, [g.filters, rows]), left], { transB: int(1) });
  }
  const columns = c.b.node('Concat', slices, { axis: int(0) }); // [taps·G·C, N, oh, ow]
  if (g.groups === 1) {
    const left = c.b.reshape(columns, [taps * g.channels, rows]);
    const right = c.b.reshape(gradient, [g.filters, rows]);
    return tapsLast(c, c.b.node('FusedMatMul', [left, right], { transB: int(1) }), g);
  }
  const split = c.b.reshape(columns, [taps, g.groups, g.channels * rows]);
  const grouped = c.b.node('Transpose', [split], { perm: ints(1, 0, 2) });
  const left = c.b.reshape(grouped, [g.groups, taps * g.channels, rows]);
  const right = c.b.reshape(gradient, [g.groups, g.filters, rows]);
  return tapsLast(c, c.b.node('FusedMatMul', [left, right], { transB: int(1) }), g);
}

/** [G, taps·C, filters] → [G·filters, C, taps], the weight's own order. Small: one weight tensor. */
function tapsLast(c: GradientContext, flat: Value, g: Geometry): Value {
  const taps = (g.window.kernel[0] ?? 1) * (g.window.kernel[1] ?? 1);
  const split = c.b.reshape(flat, [g.groups, taps, g.channels, g.filters]);
  return c.b.node('Transpose', [split], { perm: ints(0, 3, 2, 1) });
}
