// BatchNormalization. Training form (three outputs: y, batch mean, population variance) with momentum = 0, so that
// outputs 1 and 2 are the batch's own statistics; inference form (one output) is an affine map per channel.
// Source of the training gradient: Ioffe & Szegedy 2015, section 3, regrouped as dx = a·dy + b·x + c per channel.
import { firstGradient, type GradientContext, operand, type OperatorDefinition } from '../operator.ts';
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

/** y = x·scale + shift per channel, one fast pass: batch normalization with mean 0 and variance 1. */
function affine(c: GradientContext, x: Value, scale: Value, shift: Value): Value {
  const [channels = 1] = staticShape(scale);
  const zeros = c.b.floats(new Float32Array(channels), [channels]);
  const ones = c.b.floats(new Float32Array(channels).fill(1), [channels]);
  return c.b.node('BatchNormalization', [x, scale, shift, zeros, ones], { epsilon: float(0) });
}

function inverseDeviation(c: GradientContext, variance: Value): Value {
  const epsilon = c.b.floats([floatAttribute(c.node, 'epsilon', 1e-5)]);
  return c.b.div(c.b.floats([1]), c.b.node('Sqrt', [c.b.add(variance, epsilon)]));
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
  const dy = firstGradient(c);
  const [x, gamma] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
  const [mean, variance] = [requiredOutput(c.node, 1), requiredOutput(c.node, 2)];
  const shape = staticShape(x);
  const count = elementCount(shape) / (shape[1] ?? 1);
  const inverse = inverseDeviation(c, variance);
  const { sum, dot } = channelSums(c, dy, x);
  const dGamma = c.b.mul(inverse, c.b.sub(dot, c.b.mul(mean, sum))); // Σ dy·x̂
  let dx: Value | undefined;
  if (c.needs[0]) {
    // dx = γ·inv·(dy − Σdy/m − x̂·dγ/m),  x̂ = (x − mean)·inv
    const a = c.b.mul(gamma, inverse);
    const perCount = c.b.div(a, c.b.floats([count]));
    const slope = c.b.mul(c.b.mul(perCount, inverse), dGamma);
    const shift = c.b.sub(c.b.mul(slope, mean), c.b.mul(perCount, sum));
    const channels = shape[1] ?? 1;
    dx = c.b.add(
      affine(c, dy, a, c.b.floats(new Float32Array(channels), [channels])),
      affine(c, x, c.b.node('Neg', [slope]), shift),
    );
  }
  return [dx, dGamma, sum, undefined, undefined];
}

function inferenceGradient(c: GradientContext): readonly (Value | undefined)[] {
  const dy = firstGradient(c);
  const [x, gamma] = [requiredInput(c.node, 0), requiredInput(c.node, 1)];
  const mean = requiredInput(c.node, 3);
  const inverse = inverseDeviation(c, requiredInput(c.node, 4));
  const [channels = 1] = staticShape(gamma);
  const zeros = c.b.floats(new Float32Array(channels), [channels]);
  const wantsSums = c.needs[1] === true || c.needs[2] === true;
  const sums = wantsSums ? channelSums(c, dy, x) : undefined;
  return [
    c.needs[0] ? affine(c, dy, c.b.mul(gamma, inverse), zeros) : undefined,
    sums === undefined ? undefined : c.b.mul(inverse, c.b.sub(sums.dot, c.b.mul(mean, sums.sum))),
    sums?.sum,
    undefined,
    undefined,
  ];
}
