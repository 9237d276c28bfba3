// One training step as one graph: forward, loss, gradients, clipping, optimiser, running statistics.
// Inputs: a batch, the flat parameters, optimiser state and (where asked for) the mean of the weights so far; outputs:
// the loss, the logits and the next of each.
import { GraphBuilder } from './builder.ts';
import { differentiate } from './differentiate.ts';
import type { Loss } from './losses/loss.ts';
import type { Network, NetworkContext } from './network.ts';
import type { Optimiser } from './optimisers/optimiser.ts';
import { layOut, type ParameterLayout } from './parameters.ts';
import { type Graph, int, staticShape, type Value } from './types.ts';

export interface TrainingStepSpec {
  readonly network: Network;
  /** [B, 3, S, S] */
  readonly imageShape: readonly number[];
  /** Columns of the targets: 1 for two classes, else the number of classes. */
  readonly targetColumns: number;
  readonly loss: Loss;
  readonly optimiser: Optimiser;
  /** Gradients whose global L2 norm is above this are scaled down to it; undefined: never. */
  readonly clipNorm?: number;
  /** Also keep a running mean of parameters and statistics, moved on at each step by the scalar `averageRate`. */
  readonly average?: boolean;
  /** Also put the flat gradient out (tests). */
  readonly exposeGradient?: boolean;
}

export interface TrainingStep {
  readonly graph: Graph;
  readonly layout: ParameterLayout;
  /** Inputs that want fresh uniform random numbers in [0, 1) at each step (dropout). */
  readonly uniforms: readonly Value[];
}

/** Input and output names of the step graph. States are `state/<name>` and `next/<name>`. */
export const stepNames = {
  image: 'image',
  targets: 'targets',
  weights: 'weights',
  uniform: 'uniform',
  parameters: 'parameters',
  statistics: 'statistics',
  averageParameters: 'average/parameters',
  averageStatistics: 'average/statistics',
  averageRate: 'scalar/averageRate',
  loss: 'loss',
  logits: 'logits',
  gradient: 'gradient',
  gradientNorm: 'gradient_norm',
  nextParameters: 'next/parameters',
  nextStatistics: 'next/statistics',
} as const;

/** Builds the graph of one training step. */
export function buildTrainingStep(spec: TrainingStepSpec): TrainingStep {
  const layout = layOut(spec.network, spec.imageShape);
  const b = new GraphBuilder();
  const batch = spec.imageShape[0] ?? 1;
  const image = b.input(stepNames.image, 'float32', spec.imageShape);
  const targets = b.input(stepNames.targets, 'float32', [batch, spec.targetColumns]);
  const weights = b.input(stepNames.weights, 'float32', [batch, 1]);
  const parameters = b.input(stepNames.parameters, 'float32', [layout.parameterCount]);
  const forward = buildForward(b, { network: spec.network, layout, image, parameters });
  const { loss, gradient } = b.scope('loss', () => spec.loss(b, { logits: forward.logits, targets, weights }));
  const gradients = differentiate(b, [{ value: forward.logits, gradient }], forward.pieces);
  const flat = gradients.map((value, i) => {
    const size = layout.parameters[i]?.size ?? 0;
    return value === undefined ? b.floats(new Float32Array(size), [size]) : b.reshape(value, [size]);
  });
  const whole = b.node('Concat', flat, { axis: int(0) }, stepNames.gradient);
  const { clipped, norm } = b.scope('clip', () => clip(b, whole, spec.clipNorm));
  const states = spec.optimiser.stateNames.map((name) => b.input(`state/${name}`, 'float32', [layout.parameterCount]));
  const scalars = new Map<string, Value>();
  const next = b.scope('optimiser', () =>
    spec.optimiser.update(b, {
      parameters,
      gradient: clipped,
      states,
      decayMask: b.floats(decayMask(layout), [layout.parameterCount]),
      scalar: (name) => {
        const value = scalars.get(name) ?? b.input(`scalar/${name}`, 'float32', []);
        scalars.set(name, value);
        return value;
      },
    }),
  );
  const named = (value: Value, name: string): Value => b.node('Identity', [value], {}, name);
  const outputs = [
    named(loss, stepNames.loss),
    named(forward.logits, stepNames.logits),
    named(norm, stepNames.gradientNorm),
    named(next.parameters, stepNames.nextParameters),
    ...next.states.map((state, i) => named(state, `next/${spec.optimiser.stateNames[i] ?? ''}`)),
    ...(forward.nextStatistics === undefined ? [] : [named(forward.nextStatistics, stepNames.nextStatistics)]),
    ...(spec.average === true ? averages(b, next.parameters, forward.nextStatistics) : []),
    ...(spec.exposeGradient === true ? [whole] : []),
  ];
  return { graph: b.build('training_step', outputs), layout, uniforms: forward.uniforms };
}

interface Forward {
  readonly logits: Value;
  /** Each parameter, cut out of the flat vector. */
  readonly pieces: readonly Value[];
  readonly nextStatistics: Value | undefined;
  readonly uniforms: readonly Value[];
}

interface ForwardSpec {
  readonly network: Network;
  readonly layout: ParameterLayout;
  readonly image: Value;
  readonly parameters: Value;
}

function buildForward(b: GraphBuilder, { network, layout, image, parameters }: ForwardSpec): Forward {
  const cut = (flat: Value, sizes: readonly number[]): readonly Value[] =>
    b.outputsOf('Split', [flat, b.int64s(...sizes)], { axis: int(0) }, { outputs: sizes.length });
  const flatPieces = cut(
    parameters,
    layout.parameters.map(({ size }) => size),
  );
  const pieces = layout.parameters.map(({ spec }, i) => b.reshape(flatPieces[i] ?? parameters, spec.shape));
  const byName = new Map<string, Value>(layout.parameters.map(({ spec }, i) => [spec.name, pieces[i] ?? parameters]));
  if (layout.statistics.length > 0) {
    const statistics = b.input(stepNames.statistics, 'float32', [layout.statisticCount]);
    const parts = cut(
      statistics,
      layout.statistics.map(({ size }) => size),
    );
    layout.statistics.forEach(({ spec }, i) => byName.set(spec.name, parts[i] ?? statistics));
  }
  const nextStatistics = new Map<string, Value>();
  const uniforms: Value[] = [];
  const lookUp = (name: string): Value => {
    const value = byName.get(name);
    if (value === undefined) throw new Error(`the network asked for ${name}, which its layout lacks`);
    return value;
  };
  const context: NetworkContext = {
    b,
    training: true,
    parameter: (spec) => lookUp(spec.name),
    statistic: (spec) => lookUp(spec.name),
    updateStatistic: (name, value) => nextStatistics.set(name, value),
    uniform: (shape) => {
      const slot = b.input(
        uniforms.length === 0 ? stepNames.uniform : `${stepNames.uniform}${uniforms.length}`,
        'float32',
        shape,
      );
      uniforms.push(slot);
      return slot;
    },
    numbers: () => {
      throw new Error('a network in training has no fixed numbers');
    },
  };
  const logits = network(context, image);
  return {
    logits,
    pieces,
    nextStatistics:
      layout.statistics.length === 0
        ? undefined
        : b.node(
            'Concat',
            layout.statistics.map(({ spec }) => nextStatistics.get(spec.name) ?? lookUp(spec.name)),
            { axis: int(0) },
          ),
    uniforms,
  };
}

/** a ← (1 − rate)·a + rate·w for parameters and statistics (Polyak & Juditsky 1992; exponential, so that it forgets). */
function averages(b: GraphBuilder, parameters: Value, statistics: Value | undefined): Value[] {
  const rate = b.input(stepNames.averageRate, 'float32', []);
  const keep = b.sub(b.floats([1]), rate);
  const moved = (name: string, weights: Value): Value => {
    const average = b.input(name, 'float32', staticShape(weights));
    return b.node('Add', [b.mul(average, keep), b.mul(weights, rate)], {}, `next/${name}`);
  };
  return [
    moved(stepNames.averageParameters, parameters),
    ...(statistics === undefined ? [] : [moved(stepNames.averageStatistics, statistics)]),
  ];
}

/** g·min(1, limit/‖g‖) (Pascanu et al. 2013), and ‖g‖ itself. */
function clip(b: GraphBuilder, gradient: Value, limit: number | undefined): { clipped: Value; norm: Value } {
  const squares = b.node('ReduceSum', [b.mul(gradient, gradient)], { keepdims: int(0) });
  const norm = b.node('Sqrt', [squares]);
  if (limit === undefined) return { clipped: gradient, norm };
  const factor = b.node('Min', [b.floats([1]), b.div(b.floats([limit]), b.add(norm, b.floats([1e-6])))]);
  return { clipped: b.mul(gradient, factor), norm };
}

function decayMask(layout: ParameterLayout): Float32Array {
  const mask = new Float32Array(layout.parameterCount);
  for (const { spec, offset, size } of layout.parameters) mask.fill(spec.decay ? 1 : 0, offset, offset + size);
  return mask;
}
