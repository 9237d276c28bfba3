// Batch normalisation, 2×2 max pooling and ReLU as one piece. Written apart, its gradient passes over the large
// tensor eight times; by hand, the sums that batch norm needs are taken where the gradient lives: on the pooled side.
//
//   h = s·x̂ (s = sign γ, x̂ = (y − mean)·inv),  p = maxpool(h),  out = relu(|γ|·p + β)
//
// Since |γ| ≥ 0, maxpool(γ·x̂ + β) = |γ|·maxpool(s·x̂) + β. With g = dL/d(out) where out > 0, else 0:
//   dβ = Σ g,  dγ = s·Σ g·p,  dy = unpool(A·g) − h·(A·Σ g·p)/m − (A·Σ g)/m,  A = γ·inv, m = N·H·W
import type { GraphBuilder } from './builder.ts';
import type { GraphWriter, PieceGradientContext } from './operator.ts';
import { affine, inverseDeviation } from './operators/batch-normalization.ts';
import { unpool } from './operators/max-pool.ts';
import { elementCount, float, int, ints, staticShape, type Value } from './types.ts';

export interface NormPoolInputs {
  /** [N, C, H, W] */
  readonly y: Value;
  /** γ and β, [C] each. */
  readonly scale: Value;
  readonly shift: Value;
  /** Two computed vectors [C] that may be overwritten. */
  readonly scratch: readonly [Value, Value];
  readonly epsilon: number;
}

export interface NormPoolOutputs {
  /** [N, C, H/2, W/2] */
  readonly out: Value;
  /** The batch's mean and population variance [C]. */
  readonly mean: Value;
  readonly variance: Value;
}

const kernel = [2, 2] as const;

/** relu(maxpool(batchnorm(y))) in training mode. */
export function normPoolRelu(b: GraphBuilder, inputs: NormPoolInputs): NormPoolOutputs {
  const { y, scale, shift, epsilon } = inputs;
  let statistics: readonly [Value, Value] | undefined;
  let kept: Omit<Kept, 'inputs' | 'out'> | undefined;
  const out: Value = b.piece(
    [y, scale, shift],
    () => {
      const sign = signOf(b, scale);
      const zeros = b.floats(new Float32Array(staticShape(scale)[0] ?? 1), staticShape(scale));
      const [h, mean, variance] = b.outputsOf(
        'BatchNormalization',
        [y, sign, zeros, ...inputs.scratch],
        { training_mode: int(1), momentum: float(0), epsilon: float(epsilon) },
        { outputs: 3 },
      );
      if (h === undefined || mean === undefined || variance === undefined)
        throw new Error('batch norm has three outputs');
      const pooled = b.node('MaxPool', [h], { kernel_shape: ints(...kernel), strides: ints(...kernel) });
      statistics = [mean, variance];
      kept = { sign, h, pooled, variance };
      return b.node('Relu', [affine(b, pooled, b.mul(scale, sign), shift)]);
    },
    (context) => {
      if (kept === undefined) throw new Error('the gradient of a piece is asked for after it is built');
      return gradientOf(context, { ...kept, inputs, out });
    },
  );
  if (statistics === undefined) throw new Error('the piece was built');
  return { out, mean: statistics[0], variance: statistics[1] };
}

interface Kept {
  readonly inputs: NormPoolInputs;
  readonly sign: Value;
  readonly h: Value;
  readonly pooled: Value;
  readonly variance: Value;
  readonly out: Value;
}

/** 1 where γ ≥ 0, −1 elsewhere. */
export function signOf(b: GraphWriter, scale: Value): Value {
  const positive = b.node('HardSigmoid', [scale], { alpha: float(1e30), beta: float(1) });
  return b.sub(b.mul(positive, b.floats([2])), b.floats([1]));
}

function gradientOf({ b, gradient }: PieceGradientContext, kept: Kept): Value[] {
  const { inputs, sign, h, pooled, variance, out } = kept;
  const active = b.node('HardSigmoid', [out], { alpha: float(1e30), beta: float(0) });
  const g = b.mul(gradient, active);
  const axes = b.int64s(0, 2, 3);
  const sum = b.node('ReduceSum', [g, axes], { keepdims: int(0) });
  const dot = b.node('ReduceSum', [b.mul(g, pooled), axes], { keepdims: int(0) });
  const shape = staticShape(inputs.y);
  const count = elementCount(shape) / (shape[1] ?? 1);
  const a = b.mul(inputs.scale, inverseDeviation(b, variance, inputs.epsilon));
  const perCount = b.mul(a, b.floats([-1 / count]));
  const dy = b.add(
    unpool(b, { input: h, pooled, gradient: affine(b, g, a), kernel }),
    affine(b, h, b.mul(perCount, dot), b.mul(perCount, sum)),
  );
  return [dy, b.mul(sign, dot), sum];
}
