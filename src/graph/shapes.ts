// Shape arithmetic that several operators share: broadcasting, windows (convolution and pooling), axes.
import { type GraphWriter, invalidNode, type InferenceContext } from './operator.ts';
import {
  type Attributed,
  type Dimension,
  ints,
  intsAttribute,
  type Shape,
  staticShape,
  stringAttribute,
  type Value,
} from './types.ts';

/** ONNX (NumPy) broadcasting of two shapes. */
export function broadcastShapes(context: InferenceContext, a: Shape, b: Shape): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw invalidNode(context, `shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
  });
}

/** Sums a gradient of the broadcast shape back to the shape of the operand it belongs to. */
export function sumToShape(b: GraphWriter, gradient: Value, target: Value): Value {
  const from = staticShape(gradient);
  const to = staticShape(target);
  const lead = from.length - to.length;
  const axes = from.flatMap((dimension, i) => (i < lead || (to[i - lead] === 1 && dimension !== 1) ? [i] : []));
  if (axes.length === 0) return gradient;
  const summed = b.node('ReduceSum', [gradient, b.int64s(...axes)], { keepdims: { type: 'int', value: 1 } });
  return lead === 0 ? summed : b.reshape(summed, to);
}

/** Turns a negative axis into a positive one. */
export function normaliseAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The geometry of a sliding window over the spatial axes of [N, C, H, W]. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begin of each spatial axis, then end of each. */
  readonly pads: readonly number[];
}

/** Reads a node's window; `auto_pad` SAME_UPPER/SAME_LOWER/VALID is turned into numbers. */
export function windowOf(node: Attributed, kernel: readonly number[], input: Shape): Window {
  const rank = kernel.length;
  const strides = intsAttribute(node, 'strides', Array<number>(rank).fill(1));
  const dilations = intsAttribute(node, 'dilations', Array<number>(rank).fill(1));
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (autoPad === 'NOTSET' || autoPad === '')
    return { kernel, strides, dilations, pads: intsAttribute(node, 'pads', Array<number>(2 * rank).fill(0)) };
  const pads = Array<number>(2 * rank).fill(0);
  if (autoPad !== 'VALID')
    for (let i = 0; i < rank; i++) {
      const size = Number(input[i + 2]);
      const stride = strides[i] ?? 1;
      const extent = ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1;
      const total = Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
      const small = Math.floor(total / 2);
      pads[i] = autoPad === 'SAME_UPPER' ? small : total - small;
      pads[i + rank] = total - (pads[i] ?? 0);
    }
  return { kernel, strides, dilations, pads };
}

/** Whether the last of `windows` begins behind `reach` pixels: ONNX counts such a window, its runtimes do not. */
export function isBehind(reach: number, windows: number, stride: number): boolean {
  return (windows - 1) * stride >= reach;
}

/** Spatial output sizes of a window. `ceil`: ceil_mode of the pooling operators. */
export function windowOutput(context: InferenceContext, input: Shape, window: Window, ceil = false): Dimension[] {
  return window.kernel.map((kernel, i) => {
    const size = input[i + 2];
    if (typeof size !== 'number') throw invalidNode(context, `spatial size ${String(size)} must be a number`);
    const extent = (kernel - 1) * (window.dilations[i] ?? 1) + 1;
    const padded = size + (window.pads[i] ?? 0) + (window.pads[i + window.kernel.length] ?? 0);
    const steps = (padded - extent) / (window.strides[i] ?? 1);
    const output = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    if (
      ceil &&
      output > Math.floor(steps) + 1 &&
      isBehind(size + (window.pads[i] ?? 0), output, window.strides[i] ?? 1)
    )
      throw invalidNode(context, 'with ceil_mode the last window begins behind the input, where runtimes differ');
    if (output < 1) throw invalidNode(context, `a window of ${extent} does not fit into ${padded} pixels`);
    return output;
  });
}

/** The attributes that state a window explicitly. */
export function windowAttributes(window: Window): Record<string, ReturnType<typeof ints>> {
  return {
    kernel_shape: ints(...window.kernel),
    strides: ints(...window.strides),
    dilations: ints(...window.dilations),
    pads: ints(...window.pads),
  };
}
