// Fine-tuning: the last blocks of a backbone and the head on it, trained on by the engine's own gradients. The rest stays
// as it is. The weights of least validation loss are kept, those before the first epoch among them.
import { PawprintError, type Progress } from '../../core/index.ts';
import type { PreparedSplit } from '../../data/index.ts';
import type { Backbone } from '../../features/index.ts';
import {
  adamW,
  binaryCrossEntropy,
  buildTrainingStep,
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
} from '../../graph/index.ts';
import { augmentationSchema } from '../../image/index.ts';
import { type LinearHead, outputColumns } from '../../models/index.ts';
import { balancedClassWeights, createBatches } from '../batches.ts';
import { trainEpoch } from '../epoch.ts';
import { createStepper } from '../stepper.ts';
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
  const { backbone, train, validation, classCount, params, threads, seed, progress } = spec;
  const graph = subgraph(floatGraph(backbone.graph), [backbone.featuresOutput]);
  const columns = outputColumns(classCount);
  const network = tunedNetwork(graph, backbone.featuresOutput, { columns, blocks: params.fineTuneBlocks });
  const { imageSizePx } = backbone.preprocessing;
  const batchSize = Math.min(params.fineTuneBatchSize, train.count);
  const optimiser = adamW({ weightDecay: 0.01 });
  const imageShape = [batchSize, 3, imageSizePx, imageSizePx];
  const trainingStep = buildTrainingStep({
    network,
    imageShape,
    targetColumns: columns,
    loss: columns === 1 ? binaryCrossEntropy : softmaxCrossEntropy,
    optimiser,
    clipNorm: 1,
  });
  const { layout } = trainingStep;
  const stepper = await createStepper({
    trainingStep,
    optimiser,
    imageShape,
    targetColumns: columns,
    seed,
    threads,
    device: 'cpu',
  });
  try {
    const state = stepper.state();
    startFromImported(layout, state.weights, graph);
    numbersOf(layout, state.weights, headNames.weight).set(spec.head.weights);
    numbersOf(layout, state.weights, headNames.bias).set(spec.head.bias);
    stepper.restore(state);
    const batches = createBatches({
      split: train,
      classCount,
      batchSize,
      preprocessing: backbone.preprocessing,
      augmentation,
      labelSmoothing: 0,
      mixup: 0,
      classWeights:
        params.classWeights === 'balanced'
          ? balancedClassWeights(train.labels, classCount)
          : Array<number>(classCount).fill(1),
      seed,
      uniformCounts: trainingStep.uniforms.map(({ shape }) => shape.reduce<number>((n, size) => n * Number(size), 1)),
    });
    const scored: ValidationSpec = {
      network,
      layout,
      split: validation,
      preprocessing: backbone.preprocessing,
      threads,
      device: 'cpu',
    };
    const before = await scoreSplit(scored, state.weights, classCount);
    const history: FineTuneEpoch[] = [
      { epoch: 0, trainLoss: null, validationLoss: before.loss, validationAccuracy: before.accuracy },
    ];
    let kept = { epoch: 0, weights: state.weights, loss: before.loss };
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
        signal: spec.signal,
      }).catch((error: unknown) => {
        if (!(error instanceof PawprintError)) throw error;
        if (error.code === 'TRAINING_DIVERGED') throw diverged(epoch, error.received);
        throw new PawprintError(error.code, { message: `fine-tuning was stopped in epoch ${epoch}`, cause: error });
      });
      const { weights } = stepper.state();
      const { loss, accuracy } = await scoreSplit(scored, weights, classCount);
      if (Number.isNaN(loss)) throw diverged(epoch, `outputs that are no numbers at learning rate ${learningRate}`);
      history.push({ epoch, trainLoss, validationLoss: loss, validationAccuracy: accuracy });
      if (loss < kept.loss) kept = { epoch, weights, loss };
      task.update(epoch, `loss ${trainLoss.toFixed(4)}  validation loss ${loss.toFixed(4)}`);
    }
    task.finish();
    return {
      graph: withNumbers(graph, (name) =>
        layout.parameters.some(({ spec: { name: own } }) => own === name)
          ? numbersOf(layout, kept.weights, name)
          : undefined,
      ),
      head: {
        weights: Float32Array.from(numbersOf(layout, kept.weights, headNames.weight)),
        bias: Float32Array.from(numbersOf(layout, kept.weights, headNames.bias)),
      },
      validationLogits: await splitLogits(scored, kept.weights),
      history,
      keptEpoch: kept.epoch,
      trainedParameters: layout.parameterCount,
    };
  } finally {
    await stepper.release();
  }
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
