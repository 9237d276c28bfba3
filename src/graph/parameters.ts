// Where each parameter lies in the one flat vector that training keeps, and how it starts.
import { createRandom, PawprintError } from '../core/index.ts';
import { GraphBuilder } from './builder.ts';
import type { Network, NetworkContext, ParameterSpec, StatisticSpec } from './network.ts';
import { elementCount, type Shape } from './types.ts';

export interface Placed<Spec> {
  readonly spec: Spec;
  readonly offset: number;
  readonly size: number;
}

/** The order and places of everything a network learns. */
export interface ParameterLayout {
  readonly parameters: readonly Placed<ParameterSpec>[];
  readonly parameterCount: number;
  readonly statistics: readonly Placed<StatisticSpec>[];
  readonly statisticCount: number;
}

/** The numbers of a network: all parameters, then all statistics, each as one vector. */
export interface Weights {
  readonly parameters: Float32Array<ArrayBuffer>;
  readonly statistics: Float32Array<ArrayBuffer>;
}

function place<Spec>(
  specs: readonly Spec[],
  sizeOf: (spec: Spec) => number,
): { placed: Placed<Spec>[]; total: number } {
  let total = 0;
  const placed = specs.map((spec) => {
    const size = sizeOf(spec);
    const offset = total;
    total += size;
    return { spec, offset, size };
  });
  return { placed, total };
}

/** Lists a network's parameters by running it once over a scratch graph. `imageShape` is [N, 3, S, S]. */
export function layOut(network: Network, imageShape: Shape): ParameterLayout {
  const b = new GraphBuilder();
  const parameters: ParameterSpec[] = [];
  const statistics: StatisticSpec[] = [];
  const context: NetworkContext = {
    b,
    training: true,
    parameter: (spec) => {
      parameters.push(spec);
      return b.input(spec.name, 'float32', spec.shape);
    },
    statistic: (spec) => {
      statistics.push(spec);
      return b.input(spec.name, 'float32', [spec.size]);
    },
    updateStatistic: () => undefined,
    uniform: (shape) => b.input('uniform', 'float32', shape),
    numbers: () => new Float32Array(),
  };
  network(context, b.input('image', 'float32', imageShape));
  const placedParameters = place(parameters, (spec) => elementCount(spec.shape));
  const placedStatistics = place(statistics, (spec) => spec.size);
  return {
    parameters: placedParameters.placed,
    parameterCount: placedParameters.total,
    statistics: placedStatistics.placed,
    statisticCount: placedStatistics.total,
  };
}

/** Fresh numbers for a layout: each parameter from its own random stream, so that adding a layer moves no other. */
export function initialWeights(layout: ParameterLayout, seed: number): Weights {
  const parameters = new Float32Array(layout.parameterCount);
  for (const { spec, offset, size } of layout.parameters) {
    const { initial } = spec;
    if (initial.kind === 'constant') parameters.fill(initial.value, offset, offset + size);
    else {
      const random = createRandom(seed, 'initial', spec.name);
      for (let i = offset; i < offset + size; i++) parameters[i] = random.uniform(-initial.bound, initial.bound);
    }
  }
  const statistics = new Float32Array(layout.statisticCount);
  for (const { spec, offset, size } of layout.statistics) statistics.fill(spec.initial, offset, offset + size);
  return { parameters, statistics };
}

/** The numbers of one parameter or statistic, a view into the flat vectors. */
export function numbersOf(layout: ParameterLayout, weights: Weights, name: string): Float32Array<ArrayBuffer> {
  const parameter = layout.parameters.find(({ spec }) => spec.name === name);
  if (parameter !== undefined) return weights.parameters.subarray(parameter.offset, parameter.offset + parameter.size);
  const statistic = layout.statistics.find(({ spec }) => spec.name === name);
  if (statistic !== undefined) return weights.statistics.subarray(statistic.offset, statistic.offset + statistic.size);
  throw new PawprintError('GRAPH_INVALID', { message: `the network has no parameter ${name}` });
}
