// The training-step graph at work: holds parameters, statistics and optimiser state, and moves them on by one batch.
import { createSession, type Device, type Session, type Tensor } from '../runtime/index.ts';
import {
  initialWeights,
  type Optimiser,
  type ParameterLayout,
  stepNames,
  type TrainingStep,
  type Weights,
  writeOnnx,
} from '../graph/index.ts';
import type { Batch } from './batches.ts';
import { averageRateAt } from './schedule.ts';

export interface StepResult {
  readonly loss: number;
  /** L2 norm of the whole gradient, before clipping. */
  readonly gradientNorm: number;
  /** [B, columns], row-major. */
  readonly logits: Float32Array;
  /** False when loss or gradient is not a number: nothing was changed then. */
  readonly finite: boolean;
}

/** All numbers of a run: enough to go on exactly. */
export interface StepperState {
  readonly weights: Weights;
  /** Running mean of the weights, where the run keeps one. */
  readonly average?: Weights;
  /** Optimiser vectors by name. */
  readonly optimiser: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  /** Steps taken. */
  readonly step: number;
}

export interface Stepper {
  readonly layout: ParameterLayout;
  step(batch: Batch, learningRate: number): Promise<StepResult>;
  /** A copy of the current state. */
  state(): StepperState;
  restore(state: StepperState): void;
  release(): Promise<void>;
}

export interface StepperOptions {
  readonly trainingStep: TrainingStep;
  readonly optimiser: Optimiser;
  readonly imageShape: readonly number[];
  readonly targetColumns: number;
  readonly seed: number;
  readonly threads: number;
  readonly device: Device;
  /** Steps that the running mean of the weights looks back on, for a training step built with `average`. */
  readonly averageSteps?: number;
}

/** The weights that are scored and exported: the running mean where there is one. */
export function servedWeights(state: StepperState): Weights {
  return state.average ?? state.weights;
}

type Vector = Float32Array<ArrayBuffer>;

/** Starts a stepper with fresh weights. */
export async function createStepper(options: StepperOptions): Promise<Stepper> {
  const { trainingStep, optimiser, imageShape } = options;
  const { layout } = trainingStep;
  const session: Session = await createSession(writeOnnx(trainingStep.graph), {
    device: options.device,
    threads: options.threads,
    optimization: 'extended',
  });
  const averageSteps = options.averageSteps ?? 0;
  const averageNames = averageSteps > 0 ? [stepNames.averageParameters, stepNames.averageStatistics] : [];
  const vectorNames = ['parameters', 'statistics', ...averageNames, ...optimiser.stateNames];
  const sizeOf = (name: string): number =>
    name.endsWith('statistics') ? layout.statisticCount : layout.parameterCount;
  const inputName = (name: string): string => (optimiser.stateNames.includes(name) ? `state/${name}` : name);
  // Two sets of vectors: one is read while the other is written, then they change places.
  const fresh = (): Record<string, Vector> =>
    Object.fromEntries(
      vectorNames.filter((name) => sizeOf(name) > 0).map((name) => [name, new Float32Array(sizeOf(name))]),
    );
  let current = fresh();
  let next = fresh();
  const { parameters, statistics } = initialWeights(layout, options.seed);
  current['parameters']?.set(parameters);
  current['statistics']?.set(statistics);
  const copyOf = (name: string): Vector => Float32Array.from(current[name] ?? []);
  let steps = 0;
  const batchSize = imageShape[0] ?? 1;
  const results = {
    [stepNames.loss]: { data: new Float32Array(1), dims: [] },
    [stepNames.gradientNorm]: { data: new Float32Array(1), dims: [] },
    [stepNames.logits]: {
      data: new Float32Array(batchSize * options.targetColumns),
      dims: [batchSize, options.targetColumns],
    },
  };
  const number = (name: 'loss' | 'gradient_norm'): number => results[name].data[0] ?? Number.NaN;

  const feedsFor = (batch: Batch, learningRate: number): Record<string, Tensor> => {
    const feeds: Record<string, Tensor> = {
      [stepNames.image]: { data: batch.images, dims: imageShape },
      [stepNames.targets]: { data: batch.targets, dims: [batchSize, options.targetColumns] },
      [stepNames.weights]: { data: batch.weights, dims: [batchSize, 1] },
    };
    trainingStep.uniforms.forEach((uniform, i) => {
      feeds[uniform.name] = { data: batch.uniforms[i] ?? new Float32Array(), dims: uniform.shape.map(Number) };
    });
    for (const [name, data] of Object.entries(current)) feeds[inputName(name)] = { data, dims: [data.length] };
    const scalars = {
      ...optimiser.scalars(steps + 1, learningRate),
      ...(averageSteps > 0 ? { averageRate: averageRateAt(steps + 1, averageSteps) } : {}),
    };
    for (const [name, value] of Object.entries(scalars))
      if (session.inputNames.includes(`scalar/${name}`))
        feeds[`scalar/${name}`] = { data: Float32Array.of(value), dims: [] };
    return feeds;
  };

  return {
    layout,
    step: async (batch, learningRate) => {
      const targets = Object.fromEntries(
        Object.entries(next).map(([name, data]) => [`next/${name}`, { data, dims: [data.length] }]),
      );
      await session.run(feedsFor(batch, learningRate), { ...results, ...targets });
      const [loss, gradientNorm] = [number('loss'), number('gradient_norm')];
      const finite = Number.isFinite(loss) && Number.isFinite(gradientNorm);
      if (finite) {
        [current, next] = [next, current];
        steps++;
      }
      return { loss, gradientNorm, logits: results[stepNames.logits].data, finite };
    },
    state: () => ({
      weights: { parameters: copyOf('parameters'), statistics: copyOf('statistics') },
      ...(averageSteps > 0
        ? {
            average: {
              parameters: copyOf(stepNames.averageParameters),
              statistics: copyOf(stepNames.averageStatistics),
            },
          }
        : {}),
      optimiser: Object.fromEntries(optimiser.stateNames.map((name) => [name, copyOf(name)])),
      step: steps,
    }),
    restore: (state) => {
      current['parameters']?.set(state.weights.parameters);
      current['statistics']?.set(state.weights.statistics);
      current[stepNames.averageParameters]?.set(state.average?.parameters ?? []);
      current[stepNames.averageStatistics]?.set(state.average?.statistics ?? []);
      for (const name of optimiser.stateNames) current[name]?.set(state.optimiser[name] ?? []);
      steps = state.step;
    },
    release: () => session.release(),
  };
}
