// Fine-tuning: the last blocks of a backbone and the head on it, trained on by the engine's own gradients. The rest stays
// as it is. The weights of least validation loss are kept, those before the first epoch among them.
import { PawprintError, type Progress } from '../../core/index.ts';
import type { PreparedSplit } from '../../data/index.ts';
import type { Backbone } from '../../features/index.ts';
import {
  adamW,
  binaryCrossEntropy,
  buildTrainingStep,
  elementCount,
  findBlocks,
  floatGraph,
  type Graph,
  importedNetwork,
  int,
  type Network,
  numbersOf,
  softmaxCrossEntropy,
  startFromImported,
  subgraph,
  type Weights,
} from '../../graph/index.ts';
import { augmentationSchema } from '../../image/index.ts';
import { type LinearHead, outputColumns } from '../../models/index.ts';
import { balancedClassWeights, type Batches, createBatches } from '../batches.ts';
import { trainEpoch } from '../epoch.ts';
import { createStepper, type Stepper } from '../stepper.ts';
import { scoreSplit, splitLogits, type ValidationSpec } from '../validation.ts';
import type { TransferParams } from './params.ts';

export interface FineTuneSpec {
  readonly backbone: Backbone;
  /** Fitted on the features of `train`: where training starts. */
  readonly head: LinearHead;
  readonly train: PreparedSplit;
  readonly validation: PreparedSplit;
  readonly classCount: number;
  readonly params: TransferParams;
  readonly threads: number;
  readonly seed: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** One row for each epoch; epoch 0 is the head on the untouched backbone. */
export interface FineTuneEpoch {
  readonly epoch: number;
  readonly trainLoss: number | null;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

export interface FineTuned {
  /** The float backbone up to its features, with the numbers that were kept. */
  readonly graph: Graph;
  readonly head: LinearHead;
  /** [validation photos, K] under the weights that were kept. */
  readonly validationLogits: Float32Array;
  readonly history: readonly FineTuneEpoch[];
  /** Epoch whose weights were kept. */
  readonly keptEpoch: number;
  readonly trainedParameters: number;
}

/** Small pictures of change: photos keep their scale, which a pretrained backbone knows. */
const augmentation = augmentationSchema.parse({ shiftFraction: 0.05, scaleFraction: 0.1 });

/**
 * Trains the last `params.fineTuneBlocks` blocks (see findBlocks) and the head. Throws CONFIG_INVALID when the backbone
 * has fewer blocks, OPERATOR_UNSUPPORTED for an operator without a gradient in them, TRAINING_DIVERGED, CANCELLED.
 */
export async function fineTune(spec: FineTuneSpec): Promise<FineTuned> {
  const run = await startRun(spec);
  try {
    const { history, kept } = await trainEpochs(spec, run);
    const { layout } = run.stepper;
    const numbers = (name: string): Float32Array<ArrayBuffer> => numbersOf(layout, kept.weights, name);
    const moved = new Set(layout.parameters.map((parameter) => parameter.spec.name));
    return {
      graph: withNumbers(run.graph, (name) => (moved.has(name) ? numbers(name) : undefined)),
      head: {
        weights: Float32Array.from(numbers(headNames.weight)),
        bias: Float32Array.from(numbers(headNames.bias)),
      },
      validationLogits: await splitLogits(run.validation, kept.weights),
      history,
      keptEpoch: kept.epoch,
      trainedParameters: layout.parameterCount,
    };
  } finally {
    await run.stepper.release();
  }
}

interface Run {
  /** The float backbone up to its features, as it was. */
  readonly graph: Graph;
  readonly stepper: Stepper;
  readonly batches: Batches;
  readonly validation: ValidationSpec;
}

/** The training step, started from the backbone's numbers and the head. */
async function startRun(spec: FineTuneSpec): Promise<Run> {
  const { backbone, train, validation, classCount, params, threads, seed } = spec;
  const { preprocessing, featuresOutput } = backbone;
  const graph = subgraph(floatGraph(backbone.graph), [featuresOutput]);
  const columns = outputColumns(classCount);
  const network = tunedNetwork(graph, featuresOutput, { columns, blocks: params.fineTuneBlocks });
  const batchSize = Math.min(params.fineTuneBatchSize, train.count);
  const imageShape = [batchSize, 3, preprocessing.imageSizePx, preprocessing.imageSizePx];
  const optimiser = adamW({ weightDecay: 0.01 });
  const loss = columns === 1 ? binaryCrossEntropy : softmaxCrossEntropy;
  const trainingStep = buildTrainingStep({ network, imageShape, targetColumns: columns, loss, optimiser, clipNorm: 1 });
  const session = { trainingStep, optimiser, imageShape, targetColumns: columns };
  const stepper = await createStepper({ ...session, seed, threads, device: 'cpu' });
  const { layout } = stepper;
  const state = stepper.state();
  startFromImported(layout, state.weights, graph);
  numbersOf(layout, state.weights, headNames.weight).set(spec.head.weights);
  numbersOf(layout, state.weights, headNames.bias).set(spec.head.bias);
  stepper.restore(state);
  const batches = createBatches({
    split: train,
    classCount,
    batchSize,
    preprocessing,
    augmentation,
    labelSmoothing: 0,
    mixup: 0,
    classWeights:
      params.classWeights === 'balanced'
        ? balancedClassWeights(train.labels, classCount)
        : Array<number>(classCount).fill(1),
    seed,
    uniformCounts: trainingStep.uniforms.map(({ shape }) => elementCount(shape.map(Number))),
  });
  return {
    graph,
    stepper,
    batches,
    validation: { network, layout, split: validation, preprocessing, threads, device: 'cpu' },
  };
}

interface KeptWeights {
  readonly epoch: number;
  readonly weights: Weights;
  readonly loss: number;
}

async function trainEpochs(
  { classCount, params, progress, signal }: FineTuneSpec,
  { stepper, batches, validation }: Run,
): Promise<{ readonly history: readonly FineTuneEpoch[]; readonly kept: KeptWeights }> {
  const { weights: untouched } = stepper.state();
  const before = await scoreSplit(validation, untouched, classCount);
  let kept: KeptWeights = { epoch: 0, weights: untouched, loss: before.loss };
  const history: FineTuneEpoch[] = [
    { epoch: 0, trainLoss: null, validationLoss: before.loss, validationAccuracy: before.accuracy },
  ];
  const task = progress.start('fine-tuning', params.fineTuneEpochs, 'epochs');
  for (let epoch = 1; epoch <= params.fineTuneEpochs; epoch++) {
    const { trainLoss, learningRate } = await trainEpoch({
      stepper,
      batches,
      epoch,
      classCount,
      schedule: { schedule: 'one-cycle', lr: params.fineTuneLr, warmupFraction: 0.1 },
      totalSteps: batches.stepsPerEpoch * params.fineTuneEpochs,
      checkpointPath: '',
      signal,
    }).catch((error: unknown) => {
      throw asFineTuningError(error, epoch);
    });
    const { weights } = stepper.state();
    const { loss, accuracy } = await scoreSplit(validation, weights, classCount);
    if (Number.isNaN(loss)) throw diverged(epoch, `outputs that are no numbers at learning rate ${learningRate}`);
    history.push({ epoch, trainLoss, validationLoss: loss, validationAccuracy: accuracy });
    if (loss < kept.loss) kept = { epoch, weights, loss };
    task.update(epoch, `loss ${trainLoss.toFixed(4)}  validation loss ${loss.toFixed(4)}`);
  }
  task.finish();
  return { history, kept };
}

/** There are no checkpoints to go on from, of which the errors of an epoch speak. */
function asFineTuningError(error: unknown, epoch: number): unknown {
  if (!(error instanceof PawprintError)) return error;
  if (error.code === 'TRAINING_DIVERGED') return diverged(epoch, error.received);
  if (error.code !== 'CANCELLED') return error;
  return new PawprintError('CANCELLED', { message: `fine-tuning was stopped in epoch ${epoch}`, cause: error });
}

function diverged(epoch: number, received = 'a loss that is no number'): PawprintError {
  return new PawprintError('TRAINING_DIVERGED', {
    message: `fine-tuning diverged in epoch ${epoch}; no model was written`,
    expected: 'a finite loss and gradient',
    received,
    hint: 'Lower transfer.fineTuneLr, or leave --fine-tune out.',
  });
}

const headNames = { weight: 'pawprint/head/weight', bias: 'pawprint/head/bias' } as const;

/** The backbone with its last blocks free, and a linear head: image [B, 3, S, S] → logits [B, K]. */
function tunedNetwork(
  graph: Graph,
  featuresOutput: string,
  { columns, blocks: wanted }: { readonly columns: number; readonly blocks: number },
): Network {
  const blocks = findBlocks(graph);
  if (wanted > blocks.length)
    throw new PawprintError('CONFIG_INVALID', {
      message: `the backbone has no ${wanted} blocks to fine-tune`,
      expected: `1 to ${blocks.length}`,
      received: String(wanted),
      hint: 'Give --fine-tune a smaller number.',
    });
  const free = new Set(blocks.slice(-wanted).flatMap(({ parameters }) => parameters));
  const trunk = importedNetwork(graph, { output: featuresOutput, trainable: (name) => free.has(name) });
  return (context, image) => {
    const features = trunk(context, image); // [B, d]
    const initial = { kind: 'constant', value: 0 } as const;
    const weight = context.parameter({
      name: headNames.weight,
      shape: [columns, Number(features.shape[1])],
      initial,
      decay: true,
    });
    const bias = context.parameter({ name: headNames.bias, shape: [columns], initial, decay: false });
    return context.b.node('Gemm', [features, weight, bias], { transB: int(1) });
  };
}

/** The graph with other numbers in those initializers that `numbers` knows. */
function withNumbers(graph: Graph, numbers: (name: string) => Float32Array | undefined): Graph {
  return {
    ...graph,
    initializers: graph.initializers.map((initializer) => {
      const data = numbers(initializer.value.name);
      if (data === undefined) return initializer;
      const { dims } = initializer.literal;
      return { ...initializer, literal: { dtype: 'float32' as const, dims, data: Float32Array.from(data) } };
    }),
  };
}
