// A network is a function over a NetworkContext; the context decides whether its parameters are being listed,
// trained or frozen into a file. The blocks below are the layers that compositions are made of.
import type { GraphBuilder } from './builder.ts';
import { firstBlock, isFirstBlock } from './first-block.ts';
import { type NormPoolOutputs, normPoolRelu } from './norm-pool.ts';
import { elementCount, float, int, ints, staticShape, type Value } from './types.ts';

/** How a parameter starts. `uniform` draws from [−bound, bound). */
export type Initial =
  { readonly kind: 'uniform'; readonly bound: number } | { readonly kind: 'constant'; readonly value: number };

export interface ParameterSpec {
  /** Path of the layer and its part, e.g. `block1/conv/weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
  /** Whether weight decay applies (weights yes; biases and batch-norm scales no). */
  readonly decay: boolean;
}

/** A vector that training keeps up to date without a gradient (running mean and variance). */
export interface StatisticSpec {
  readonly name: string;
  readonly size: number;
  readonly initial: number;
}

export interface NetworkContext {
  readonly b: GraphBuilder;
  readonly training: boolean;
  parameter(spec: ParameterSpec): Value;
  statistic(spec: StatisticSpec): Value;
  /** Training: the statistic's next value. */
  updateStatistic(name: string, next: Value): void;
  /** Training: uniform random numbers in [0, 1) of this shape, fresh at each step. */
  uniform(shape: readonly number[]): Value;
  /** Inference: the numbers of a parameter or statistic, for folding. */
  numbers(name: string): Float32Array;
  /** Inference: told the values [N, d] that the last layer stands on; the file gives them as an output. */
  features?(value: Value): void;
}

/** image [N, 3, S, S] → logits [N, 1] or [N, C]. */
export type Network = (context: NetworkContext, image: Value) => Value;

const batchNormEpsilon = 1e-5;
/** Weight of the newest batch in the running statistics (PyTorch's momentum). */
const statisticsMomentum = 0.1;

export interface ConvOptions {
  readonly name: string;
  readonly filters: number;
  readonly kernelPx?: number;
  readonly stride?: number;
}

/** Convolution, batch normalisation, 2×2 max pooling, ReLU: [N, C, H, W] → [N, filters, H/2, W/2]. */
export function convNormPoolRelu(context: NetworkContext, x: Value, options: ConvOptions): Value {
  return convNorm(context, x, { ...options, pool: true });
}

/** Convolution (no bias, padded to keep the size at stride 1), then batch normalisation; folded into one at inference. */
export function convBatchNorm(context: NetworkContext, x: Value, options: ConvOptions): Value {
  return convNorm(context, x, { ...options, pool: false });
}

function convNorm(context: NetworkContext, x: Value, options: ConvOptions & { readonly pool: boolean }): Value {
  const { name, filters, kernelPx = 3, stride = 1 } = options;
  const channels = Number(x.shape[1]);
  const shape = [filters, channels, kernelPx, kernelPx];
  const pad = Math.floor(kernelPx / 2);
  const attributes = {
    kernel_shape: ints(kernelPx, kernelPx),
    pads: ints(pad, pad, pad, pad),
    strides: ints(stride, stride),
  };
  const bound = 1 / Math.sqrt(channels * kernelPx * kernelPx);
  const names = {
    weight: `${name}/conv/weight`,
    scale: `${name}/norm/weight`,
    shift: `${name}/norm/bias`,
    mean: `${name}/norm/running_mean`,
    variance: `${name}/norm/running_var`,
  };
  if (!context.training) {
    const folded = foldedConv(context, x, { names, shape, attributes });
    return options.pool ? poolRelu(context, folded) : folded;
  }
  return context.b.scope(name, () => {
    const weight = context.parameter({ name: names.weight, shape, initial: { kind: 'uniform', bound }, decay: true });
    const scale = context.parameter({
      name: names.scale,
      shape: [filters],
      initial: { kind: 'constant', value: 1 },
      decay: false,
    });
    const shift = context.parameter({
      name: names.shift,
      shape: [filters],
      initial: { kind: 'constant', value: 0 },
      decay: false,
    });
    const mean = context.statistic({ name: names.mean, size: filters, initial: 0 });
    const variance = context.statistic({ name: names.variance, size: filters, initial: 1 });
    const parts: NormParts = { scale, shift, mean, variance, names, pool: options.pool };
    if (options.pool && stride === 1 && isFirstBlock(context.b, x, kernelPx)) {
      const block = firstBlock(context.b, { image: x, weight, scale, shift, epsilon: batchNormEpsilon });
      const [n = 1, , ...spatial] = staticShape(x);
      return withStatistics(context, block, { parts, count: elementCount([n, ...spatial]) });
    }
    return trainingNorm(context, context.b.node('Conv', [x, weight], attributes), parts);
  });
}

interface NormParts {
  readonly scale: Value;
  readonly shift: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly names: { readonly mean: string; readonly variance: string };
  readonly pool: boolean;
}

function trainingNorm(context: NetworkContext, y: Value, parts: NormParts): Value {
  const { b } = context;
  // In training the operator does not read its mean and variance inputs but overwrites them, so it is given computed
  // zeros that nobody else reads (an Identity would be optimised away and the real statistics overwritten).
  const scratch = [b.mul(parts.mean, b.floats([0])), b.mul(parts.variance, b.floats([0]))] as const;
  const normed = parts.pool
    ? normPoolRelu(b, { y, scale: parts.scale, shift: parts.shift, scratch, epsilon: batchNormEpsilon })
    : plainNorm(b, y, parts, scratch);
  const shape = staticShape(y);
  const count = shape.reduce((product, size, i) => (i === 1 ? product : product * size), 1);
  return withStatistics(context, normed, { parts, count });
}

/** Moves the running statistics on by those of a batch of `count` numbers a channel. */
function withStatistics(
  context: NetworkContext,
  { out, mean, variance }: NormPoolOutputs,
  { parts, count }: { readonly parts: NormParts; readonly count: number },
): Value {
  const { b } = context;
  const blend = (old: Value, now: Value, factor: number): Value =>
    b.add(b.mul(old, b.floats([1 - statisticsMomentum])), b.mul(now, b.floats([statisticsMomentum * factor])));
  context.updateStatistic(parts.names.mean, blend(parts.mean, mean, 1));
  // The running variance is the unbiased one; the batch is normalised by the population variance.
  context.updateStatistic(parts.names.variance, blend(parts.variance, variance, count / Math.max(1, count - 1)));
  return out;
}

function plainNorm(b: GraphBuilder, y: Value, parts: NormParts, scratch: readonly [Value, Value]): NormPoolOutputs {
  const [out, mean, variance] = b.outputsOf(
    'BatchNormalization',
    [y, parts.scale, parts.shift, ...scratch],
    { training_mode: int(1), momentum: float(0), epsilon: float(batchNormEpsilon) },
    { outputs: 3 },
  );
  if (out === undefined || mean === undefined || variance === undefined)
    throw new Error('batch norm has three outputs');
  return { out, mean, variance };
}

interface FoldedConv {
  readonly names: Readonly<Record<'weight' | 'scale' | 'shift' | 'mean' | 'variance', string>>;
  readonly shape: readonly number[];
  readonly attributes: Parameters<GraphBuilder['node']>[2];
}

/** w' = w·γ/σ, b' = β − mean·γ/σ per filter: batch norm with fixed statistics is part of the convolution. */
function foldedConv(context: NetworkContext, x: Value, { names, shape, attributes }: FoldedConv): Value {
  const [weight, scale, shift, mean, variance] = [
    names.weight,
    names.scale,
    names.shift,
    names.mean,
    names.variance,
  ].map((name) => context.numbers(name)) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const [filters = 1] = shape;
  const size = weight.length / filters;
  const folded = new Float32Array(weight.length);
  const bias = new Float32Array(filters);
  for (let f = 0; f < filters; f++) {
    const factor = (scale[f] ?? 1) / Math.sqrt((variance[f] ?? 1) + batchNormEpsilon);
    for (let i = f * size; i < (f + 1) * size; i++) folded[i] = (weight[i] ?? 0) * factor;
    bias[f] = (shift[f] ?? 0) - (mean[f] ?? 0) * factor;
  }
  const { b } = context;
  const w = b.initializer(names.weight, { dtype: 'float32', dims: shape, data: folded });
  const c = b.initializer(names.weight.replace(/weight$/, 'bias'), { dtype: 'float32', dims: [filters], data: bias });
  return b.scope(names.weight.replace(/\/weight$/, ''), () => b.node('Conv', [x, w, c], attributes));
}

/** Halves height and width, then max(x, 0). Pooling first is the same function with a quarter of the work. */
export function poolRelu(context: NetworkContext, x: Value): Value {
  const pooled = context.b.node('MaxPool', [x], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
  return context.b.node('Relu', [pooled]);
}

/** [N, C, H, W] → [N, C]: the mean over all positions. */
export function globalAveragePool(context: NetworkContext, x: Value): Value {
  return context.b.node('Flatten', [context.b.node('GlobalAveragePool', [x])], { axis: int(1) });
}

/** x·Wᵀ + b, [N, in] → [N, out]. `decay` false frees the weights of weight decay; `zero` starts them at 0. */
export function dense(
  context: NetworkContext,
  x: Value,
  options: { name: string; units: number; zero?: boolean },
): Value {
  const { name, units, zero = false } = options;
  const inputs = Number(x.shape[1]);
  const initial: Initial = zero ? { kind: 'constant', value: 0 } : { kind: 'uniform', bound: 1 / Math.sqrt(inputs) };
  const weight = context.parameter({ name: `${name}/weight`, shape: [units, inputs], initial, decay: true });
  const bias = context.parameter({ name: `${name}/bias`, shape: [units], initial, decay: false });
  return context.b.scope(name, () => context.b.node('Gemm', [x, weight, bias], { transB: int(1) }));
}

/** Training: zeroes each number with this probability and scales the rest up; inference: nothing. */
export function dropout(context: NetworkContext, x: Value, probability: number): Value {
  if (!context.training || probability === 0) return x;
  const { b } = context;
  // keep where u ≥ p: HardSigmoid((u − p)·1e30 + 0.5) is 0 or 1, and cheap.
  const u = context.uniform(staticShape(x));
  const keep = b.node('HardSigmoid', [b.sub(u, b.floats([probability]))], { alpha: float(1e30), beta: float(0.5) });
  return b.mul(x, b.mul(keep, b.floats([1 / (1 - probability)])));
}
