// BatchNormalization. Training form (three outputs: y, batch mean, population variance) with momentum = 0, so that
// outputs 1 and 2 are the batch's own statistics; inference form (one output) is an affine map per channel.
// Source of the training gradient: Ioffe & Szegedy 2015, section 3, regrouped as dx = a·dy + b·x + c per channel.
import {
  firstGradient,
  type GradientContext,
  type GraphWriter,
  operand,
  type OperatorDefinition,
} from '../operator.ts';
import {
  elementCount,
  float,
  floatAttribute,
  int,
  intAttribute,
  requiredInput,
  requiredOutput,
  staticShape,
  type Value,
} from '../types.ts';
import { unsupportedGradient } from './unsupported-gradient.ts';

export const batchNormalization: OperatorDefinition = {
  op: 'BatchNormalization',
  infer: (c) => {
    const x = operand(c, 0);
    const channel = { dtype: x.dtype, shape: [x.shape[1] ?? 1] };
    const training = intAttribute(c, 'training_mode', 0) === 1;
    return training ? [x, channel, channel] : [x];
  },
  gradient: (c) => (intAttribute(c.node, 'training_mode', 0) === 1 ? trainingGradient(c) : inferenceGradient(c)),
};

/** x·scale + shift per channel in one fast pass: batch normalization with mean 0 and variance 1. */
export function affine(b: GraphWriter, x: Value, scale: Value, shift?: Value): Value {
  const [channels = 1] = staticShape(scale);
  const zeros = b.floats(new Float32Array(channels), [channels]);
  const ones = b.floats(new Float32Array(channels).fill(1), [channels]);
  return b.node('BatchNormalization', [x, scale, shift ?? zeros, zeros, ones], { epsilon: float(0) });
}

/** 1/√(variance + ε) */
export function inverseDeviation(b: GraphWriter, variance: Value, epsilon: number): Value {
  return b.div(b.floats([1]), b.node('Sqrt', [b.add(variance, b.floats([epsilon]))]));
}

function spatialAxes(c: GradientContext): number[] {
  return staticShape(requiredInput(c.node, 0)).flatMap((_, i) => (i === 1 ? [] : [i]));
}

/** Σ dy and Σ dy·x over everything but the channel. */
function channelSums(c: GradientContext, dy: Value, x: Value): { sum: Value; dot: Value } {
  const axes = c.b.int64s(...spatialAxes(c));
  return {
    sum: c.b.node('ReduceSum', [dy, axes], { keepdims: int(0) }),
    dot: c.b.node('ReduceSum', [c.b.mul(dy, x), axes], { keepdims: int(0) }),
  };
}

function trainingGradient(c: GradientContext): readonly (Value | undefined)[] {
  const momentum = floatAttribute(c.node, 'momentum', 0.9);
  if (momentum !== 0)
    throw unsupportedGradient(
      c.node,
      `training_mode=1 with momentum ${momentum}`,
      'momentum 0, whose outputs are the batch statistics',
    );
  if (c.outputGradients.slice(1).some((gradient) => gradient !== undefined))
    throw unsupportedGradient(
      c.node,
      'its batch statistics as results',
      'a loss that depends on the first output only',
    );
  const dy = firstGradient(c);
  const [x, gamma] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
  const [mean, variance] = [requiredOutput(c.node, 1), requiredOutput(c.node, 2)];
  const shape = staticShape(x);
  const count = elementCount(shape) / (shape[1] ?? 1);
  const inverse = inverseDeviation(c.b, variance, floatAttribute(c.node, 'epsilon', 1e-5));
  const { sum, dot } = channelSums(c, dy, x);
  const dGamma = c.b.mul(inverse, c.b.sub(dot, c.b.mul(mean, sum))); // Σ dy·x̂
  let dx: Value | undefined;
  if (c.needs[0]) {
    // dx = γ·inv·(dy − Σdy/m − x̂·dγ/m),  x̂ = (x − mean)·inv
    const a = c.b.mul(gamma, inverse);
    const perCount = c.b.div(a, c.b.floats([count]));
    const slope = c.b.mul(c.b.mul(perCount, inverse), dGamma);
    const shift = c.b.sub(c.b.mul(slope, mean), c.b.mul(perCount, sum));
    dx = c.b.add(affine(c.b, dy, a), affine(c.b, x, c.b.node('Neg', [slope]), shift));
  }
  return [dx, dGamma, sum, undefined, undefined];
}

function inferenceGradient(c: GradientContext): readonly (Value | undefined)[] {
  const dy = firstGradient(c);
  const [x, gamma] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
  const mean = requiredInput(c.node, 3);
  const inverse = inverseDeviation(c.b, requiredInput(c.node, 4), floatAttribute(c.node, 'epsilon', 1e-5));
  const slope = c.b.mul(gamma, inverse); // y = slope·(x − mean) + shift
  const dx = c.needs[0] ? affine(c.b, dy, slope) : undefined;
  if (!c.needs.slice(1).includes(true)) return [dx, undefined, undefined, undefined, undefined];
  const { sum, dot } = channelSums(c, dy, x);
  const dGamma = c.b.mul(inverse, c.b.sub(dot, c.b.mul(mean, sum))); // Σ dy·x̂
  const half = c.b.floats([-0.5]);
  return [
    dx,
    dGamma,
    sum,
    c.needs[3] ? c.b.node('Neg', [c.b.mul(slope, sum)]) : undefined,
    c.needs[4] ? c.b.mul(half, c.b.mul(c.b.mul(slope, inverse), dGamma)) : undefined,
  ];
}
