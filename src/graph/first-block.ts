// The first block of a network (convolution, batch norm, 2×2 max pooling, ReLU of a picture that nobody differentiates)
// as one piece. Its patches X [N, K, P] are few (K = C·k·k), so that what batch norm needs follows from their mean μ and
// covariance Σ: no pass over the large tensor normalises it, forward or back. Positions are ordered by their place in
// the pooling window, which makes a window a column of four.
//
//   y = s·W·X (s = sign γ, X centred),  p = maxpool(y),  out = relu(|γ|·inv·(p − ȳ) + β),  ȳ = s·Wμ, var = diag(WΣWᵀ)
//
// With g = dL/d(out) where out > 0, else 0, and q = inv·Σ g·(p − ȳ):
//   dβ = Σ g,  dγ = s·q,  dW = γ·inv·(unpool(g)·Xᵀ − dβ·μᵀ − inv·q·s·WΣ)
// Source: the gradient of batch norm (Ioffe & Szegedy 2015, section 3) multiplied by Xᵀ.
import { PawprintError } from '../core/index.ts';
import type { GraphBuilder } from './builder.ts';
import { type NormPoolOutputs, signOf } from './norm-pool.ts';
import type { GraphWriter, PieceGradientContext } from './operator.ts';
import { affine, inverseDeviation } from './operators/batch-normalization.ts';
import { onnxDataTypes } from './operators/cast.ts';
import { elementCount, float, int, ints, staticShape, type Value } from './types.ts';

export interface FirstBlockInputs {
  /** [N, C, H, W], H and W even. Its gradient cannot be had. */
  readonly image: Value;
  /** [F, C, k, k], k odd; stride 1, padded to keep the size. */
  readonly weight: Value;
  /** γ and β, [F] each. */
  readonly scale: Value;
  readonly shift: Value;
  readonly epsilon: number;
}

/** Most rows of patches for which their covariance costs less than the passes that it replaces. */
const mostPatchRows = 32;

/** Whether `firstBlock` applies: an input of the graph, even sizes, few patch rows. */
export function isFirstBlock(b: GraphBuilder, image: Value, kernelPx: number): boolean {
  const [, channels = 1, height = 1, width = 1] = image.shape.map(Number);
  const even = height % 2 === 0 && width % 2 === 0; // not so when unknown (NaN)
  return even && kernelPx % 2 === 1 && channels * kernelPx ** 2 <= mostPatchRows && b.producer(image) === undefined;
}

/** relu(maxpool(batchnorm(conv(image)))) in training mode; mean and variance are those of conv(image). */
export function firstBlock(b: GraphBuilder, inputs: FirstBlockInputs): NormPoolOutputs {
  const { image, weight, scale, shift, epsilon } = inputs;
  const [filters = 1, ...patch] = staticShape(weight);
  const rows = elementCount(patch);
  let kept: Kept | undefined;
  let statistics: readonly [Value, Value] | undefined;
  const out = b.piece(
    [image, weight, scale, shift],
    () => {
      const { columns, centre } = patches(b, image, patch[1] ?? 1); // [N, K, 4·P/4]
      const { mean, covariance } = momentsOf(b, columns);
      const sign = signOf(b, scale);
      const matrix = b.reshape(weight, [filters, rows]);
      const product = b.node('MatMul', [matrix, covariance]); // WΣ
      const variance = b.node('Relu', [perFilter(b, b.mul(matrix, product))]); // rounding may leave it below 0
      const inverse = inverseDeviation(b, variance, epsilon);
      const signed = b.mul(matrix, b.reshape(sign, [filters, 1]));
      const [n = 1, , height = 1, width = 1] = staticShape(image);
      const flat = b.node('MatMul', [signed, columns]); // [N, F, H·W]
      const y = b.reshape(flat, [n, filters, 4, (height * width) / 4]);
      const pooled = b.node('MaxPool', [y], { kernel_shape: ints(4, 1), strides: ints(4, 1) });
      const p = b.reshape(pooled, [n, filters, height / 2, width / 2]);
      const signedMean = perFilter(b, b.mul(signed, mean));
      const slope = b.mul(b.mul(scale, sign), inverse);
      kept = { inputs, columns, mean, product, sign, inverse, signedMean, y, pooled };
      statistics = [perFilter(b, b.mul(matrix, b.add(mean, centre))), variance];
      return b.node('Relu', [affine(b, p, slope, b.sub(shift, b.mul(slope, signedMean)))]);
    },
    (context) => {
      if (kept === undefined) throw new Error('the gradient of a piece is asked for after it is built');
      if (context.needs[0] === true)
        throw new PawprintError('OPERATOR_UNSUPPORTED', {
          message: 'the first block of a network has no gradient for the picture itself',
          expected: 'gradients of its weight, scale and shift',
          received: 'a wish for the gradient of its input',
          hint: 'Build that block with convBatchNorm, pooling and ReLU apart.',
        });
      return gradientOf(context, { ...kept, out });
    },
  );
  if (statistics === undefined) throw new Error('the piece was built');
  return { out, mean: statistics[0], variance: statistics[1] };
}

/** Σ over the second axis: [F, K] → [F]. */
function perFilter(b: GraphWriter, value: Value): Value {
  return b.node('ReduceSum', [value, b.int64s(1)], { keepdims: int(0) });
}

/**
 * The picture minus its channels' means as every kernel position sees it, [N, C·k·k, 4·(H/2)·(W/2)]: positions by their
 * place in the 2×2 window, then by window. The padding is moved with the picture, so each patch row is moved by one
 * number, given as `centre` [1, C·k·k].
 */
function patches(b: GraphBuilder, image: Value, kernel: number): { columns: Value; centre: Value } {
  const [n = 1, channels = 1, height = 1, width = 1] = staticShape(image);
  const pad = (kernel - 1) / 2;
  const means = b.node('ReduceMean', [image], { axes: ints(0, 2, 3) }); // [1, C, 1, 1]
  const padded = b.sub(b.node('Pad', [image, b.int64s(0, 0, pad, pad, 0, 0, pad, pad)]), means);
  const every = (value: Value, axis: number, begin: number, size: number): Value =>
    b.node('Slice', [value, b.int64s(begin), b.int64s(begin + size - 1), b.int64s(axis), b.int64s(2)]);
  const offsets = Array.from({ length: kernel + 1 }, (_, i) => i);
  const seen = offsets.map((column) => {
    const columns = every(padded, 3, column, width);
    return offsets.map((row) =>
      b.reshape(every(columns, 2, row, height), [n, channels, 1, (height / 2) * (width / 2)]),
    );
  });
  const taps = offsets.slice(0, kernel);
  const parts = taps.flatMap((i) =>
    taps.flatMap((j) => [0, 1].flatMap((down) => [0, 1].flatMap((right) => seen[j + right]?.[i + down] ?? []))),
  );
  const columns = b.reshape(b.node('Concat', parts, { axis: int(2) }), [n, channels * kernel ** 2, height * width]);
  const spread = b.mul(
    b.reshape(means, [channels, 1]),
    b.floats(new Float32Array(kernel ** 2).fill(1), [1, kernel ** 2]),
  );
  return { columns, centre: b.reshape(spread, [1, channels * kernel ** 2]) };
}

/** Mean [1, K] and population covariance [K, K] of the columns of [N, K, M]. */
function momentsOf(b: GraphWriter, columns: Value): { mean: Value; covariance: Value } {
  const [n = 1, rows = 1, positions = 1] = staticShape(columns);
  const count = b.floats([n * positions]);
  const total = (value: Value, ...axes: number[]): Value =>
    b.node('ReduceSum', [value, b.int64s(...axes)], { keepdims: int(0) });
  const mean = b.reshape(b.div(total(columns, 0, 2), count), [1, rows]);
  const products = b.node('FusedMatMul', [columns, columns], { transB: int(1) }); // [N, K, K]
  const square = b.mul(b.reshape(mean, [rows, 1]), mean);
  return { mean, covariance: b.sub(b.div(total(products, 0), count), square) };
}

interface Kept {
  readonly inputs: FirstBlockInputs;
  readonly columns: Value;
  readonly mean: Value;
  readonly product: Value;
  readonly sign: Value;
  readonly inverse: Value;
  readonly signedMean: Value;
  readonly y: Value;
  readonly pooled: Value;
}

function gradientOf(
  { b, gradient }: PieceGradientContext,
  kept: Kept & { readonly out: Value },
): (Value | undefined)[] {
  const { inputs, columns, mean, product, sign, inverse, signedMean, y, pooled, out } = kept;
  const [n = 1, filters = 1, , windows = 1] = staticShape(pooled);
  const active = b.node('HardSigmoid', [out], { alpha: float(1e30), beta: float(0) });
  const g = b.reshape(b.mul(gradient, active), [n, filters, 1, windows]);
  const axes = b.int64s(0, 2, 3);
  const sum = b.node('ReduceSum', [g, axes], { keepdims: int(0) });
  const dot = b.node('ReduceSum', [b.mul(g, pooled), axes], { keepdims: int(0) });
  const q = b.mul(inverse, b.sub(dot, b.mul(signedMean, sum)));
  // Back to where the maximum was; several positions that hold it share.
  const mask = b.node('Cast', [b.node('Equal', [y, pooled])], { to: int(onnxDataTypes.float32) });
  const holders = b.node('ReduceSum', [mask, b.int64s(2)], { keepdims: int(1) });
  const spread = b.reshape(b.mul(mask, b.div(g, holders)), [n, filters, 4 * windows]);
  const products = b.node('FusedMatMul', [columns, spread], { transB: int(1) }); // [N, K, F]
  const summed = b.node('ReduceSum', [products, b.int64s(0)], { keepdims: int(0) });
  const direct = b.node('Transpose', [summed], { perm: ints(1, 0) });
  const column = (value: Value): Value => b.reshape(value, [filters, 1]);
  const projected = b.add(b.mul(column(sum), mean), b.mul(column(b.mul(b.mul(inverse, q), sign)), product));
  const dWeight = b.mul(column(b.mul(inputs.scale, inverse)), b.sub(direct, projected));
  return [undefined, b.reshape(dWeight, staticShape(inputs.weight)), b.mul(sign, q), sum];
}
