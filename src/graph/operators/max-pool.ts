// MaxPool. The gradient goes back to the position that held the maximum; where several hold it (flat regions do),
// they share it, so that nothing is counted twice. Windows that do not overlap take a fast path of Resize and Equal.
import {
  firstGradient,
  type GradientContext,
  type GraphWriter,
  operand,
  type OperatorDefinition,
} from '../operator.ts';
import { onnxDataTypes } from './cast.ts';
import { windowOf, windowOutput } from '../shapes.ts';
import {
  intAttribute,
  int,
  ints,
  intsAttribute,
  requiredInput,
  requiredOutput,
  staticShape,
  text,
  type Value,
} from '../types.ts';
import { overlappingMaxPoolGradient } from './max-pool-overlapping.ts';

export const maxPool: OperatorDefinition = {
  op: 'MaxPool',
  infer: (c) => {
    const x = operand(c, 0);
    const window = windowOf(c, intsAttribute(c, 'kernel_shape', []), x.shape);
    const spatial = windowOutput(c, x.shape, window, intAttribute(c, 'ceil_mode', 0) === 1);
    const shape = [x.shape[0] ?? 1, x.shape[1] ?? 1, ...spatial];
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ];
  },
  gradient: (c) => {
    const x = requiredInput(c.node, 0);
    const { kernel, strides, dilations, pads } = windowOf(c.node, intsAttribute(c.node, 'kernel_shape', []), x.shape);
    const tiles =
      kernel.length === 2 && kernel.every((size, i) => size === strides[i]) && dilations.every((d) => d === 1);
    const plain = tiles && pads.every((pad) => pad === 0) && intAttribute(c.node, 'ceil_mode', 0) === 0;
    return [plain ? tilingGradient(c, kernel) : overlappingMaxPoolGradient(c)];
  },
};

function tilingGradient(c: GradientContext, kernel: readonly number[]): Value {
  const [input, pooled] = [requiredInput(c.node, 0), requiredOutput(c.node, 0)];
  return unpool(c.b, { input, pooled, gradient: firstGradient(c), kernel });
}

export interface Unpooling {
  readonly input: Value;
  readonly pooled: Value;
  /** dL/dpooled */
  readonly gradient: Value;
  /** Window = stride, no padding. */
  readonly kernel: readonly number[];
}

/** dL/dinput of a max pooling whose windows tile the input. */
export function unpool(b: GraphWriter, { input, pooled, gradient, kernel }: Unpooling): Value {
  const [kh = 1, kw = 1] = kernel;
  const [, , h = 1, w = 1] = staticShape(input);
  const [, , oh = 1, ow = 1] = staticShape(pooled);
  // A last row or column that no window reaches is cut off, and gets a zero gradient in the end.
  const cut = oh * kh !== h || ow * kw !== w;
  const seen = cut ? b.node('Slice', [input, b.int64s(0, 0), b.int64s(oh * kh, ow * kw), b.int64s(2, 3)]) : input;
  const mask = b.node('Cast', [b.node('Equal', [seen, enlarge(b, pooled, kernel)])], {
    to: int(onnxDataTypes.float32),
  });
  // share = positions that hold the maximum / (kh·kw)
  const share = b.node('AveragePool', [mask], { kernel_shape: ints(kh, kw), strides: ints(kh, kw) });
  const each = b.div(gradient, b.mul(share, b.floats([kh * kw])));
  const spread = b.mul(enlarge(b, each, kernel), mask);
  return cut ? b.node('Pad', [spread, b.int64s(0, 0, 0, 0, 0, 0, h - oh * kh, w - ow * kw)]) : spread;
}

/** Repeats every value over its window. */
function enlarge(b: GraphWriter, value: Value, kernel: readonly number[]): Value {
  return b.node('Resize', [value, undefined, b.floats([1, 1, ...kernel], [kernel.length + 2])], {
    mode: text('nearest'),
    nearest_mode: text('floor'),
    coordinate_transformation_mode: text('asymmetric'),
  });
}
