// Training, told from start to end: load, build, for each epoch, for each batch, evaluate, log, checkpoint, export.
import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PawprintError, type Progress, writeJsonAtomic } from '../core/index.ts';
import { type PreparedDataset, type PreparedSplit } from '../data/index.ts';
import {
  adamW,
  binaryCrossEntropy,
  buildInferenceGraph,
  buildTrainingStep,
  type Optimiser,
  sgd,
  softmaxCrossEntropy,
} from '../graph/index.ts';
import type { Preprocessing } from '../image/index.ts';
import {
  type ModelMetadata,
  networkFor,
  outputColumns,
  type TrainableKind,
  withKnownAnswer,
  writeModelFile,
} from '../models/index.ts';
import { defaultThreads, type Device } from '../runtime/index.ts';
import { balancedClassWeights, createBatches } from './batches.ts';
import { calibrate, type ConfidenceParams, confidenceParamsSchema } from './calibrate.ts';
import { type CheckpointHeader, readCheckpoint, requireSameRun, writeCheckpoint } from './checkpoint.ts';
import { type EpochRecord, historyPath } from './history.ts';
import type { TrainParams } from './params.ts';
import { divergedError, trainEpoch } from './epoch.ts';
import { createStepper, servedWeights, type Stepper, type StepperState } from './stepper.ts';
import { scoreSplit, splitLogits, type ValidationSpec } from './validation.ts';

export interface TrainOptions {
  /** How the temperature and the abstention threshold are chosen; the defaults unless told. */
  readonly confidence?: ConfidenceParams;
  readonly kind: TrainableKind;
  readonly params: TrainParams;
  readonly seed: number;
  readonly dataset: PreparedDataset;
  /** Path of the model file, ending in .onnx. */
  readonly out: string;
  /** Go on from the last checkpoint beside `out`, where there is one. */
  readonly resume: boolean;
  readonly device: Device;
  readonly lineage: ModelMetadata['lineage'];
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Called after each epoch, e.g. to log it to a tracked run. */
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>;
}

export interface TrainResult {
  readonly modelPath: string;
  readonly historyPath: string;
  readonly checkpointDirectory: string;
  readonly history: readonly EpochRecord[];
  readonly metadata: ModelMetadata;
  readonly resumedFromEpoch: number;
  readonly stoppedEarly: boolean;
  readonly parameterCount: number;
}

/** Mean and deviation of photos at large (ImageNet's, on the 0–255 scale): inputs come out around −2 … 2.6. */
const channelMean: Preprocessing['mean'] = [123.675, 116.28, 103.53];
const channelStd: Preprocessing['std'] = [58.395, 57.12, 57.375];

/** Where the checkpoints of a model file lie. */
export function checkpointDirectory(out: string): string {
  return `${out.replace(/\.onnx$/, '')}.checkpoints`;
}

/**
 * Trains a model from scratch and writes it. Throws DATASET_INVALID for splits that cannot be trained on,
 * TRAINING_DIVERGED when the loss stops being a number (the last good checkpoint stays), CHECKPOINT_INVALID when
 * `resume` finds a checkpoint of another run, CANCELLED when the signal aborts.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const run = await prepareRun(options);
  const { stepper } = run;
  const { params } = options;
  try {
    let { header } = await startOrResume(options, run);
    const resumedFromEpoch = header.epoch;
    const task = options.progress.start(`train ${options.kind}`, params.epochs, 'epochs');
    task.update(header.epoch);
    while (header.epoch < params.epochs && !isStale(header, params)) {
      const record = await oneEpoch(options, run, header.epoch + 1);
      const state = stepper.state();
      header = advance(header, record, state.step);
      await writeCheckpoint(run.paths.last, { header, state });
      if (header.best?.epoch === record.epoch) await writeCheckpoint(run.paths.best, { header, state });
      await options.onEpoch?.(record);
      task.update(header.epoch, describeEpoch(record));
    }
    task.finish();
    const kept = params.keep === 'best' ? (await readCheckpoint(run.paths.best)).state : stepper.state();
    const metadata = await exportModel(options, run, { header, state: kept });
    return {
      modelPath: options.out,
      historyPath: historyPath(options.out),
      checkpointDirectory: checkpointDirectory(options.out),
      history: header.history,
      metadata,
      resumedFromEpoch,
      stoppedEarly: header.epoch < params.epochs,
      parameterCount: stepper.layout.parameterCount,
    };
  } finally {
    await stepper.release();
  }
}

interface Run {
  readonly stepper: Stepper;
  readonly batches: ReturnType<typeof createBatches>;
  readonly validation: ValidationSpec;
  readonly classCount: number;
  readonly preprocessing: Preprocessing;
  readonly identity: Readonly<Record<string, unknown>>;
  readonly paths: { readonly last: string; readonly best: string };
}

async function prepareRun(options: TrainOptions): Promise<Run> {
  const { dataset, params, seed, kind, device } = options;
  const { classNames, preprocessing: pixels, datasetMd5 } = dataset.manifest;
  const classCount = classNames.length;
  const [trainSplit, validationSplit] = [usableSplit(dataset, 'train'), usableSplit(dataset, 'validation')];
  const preprocessing: Preprocessing = { ...pixels, mean: channelMean, std: channelStd };
  const network = networkFor(kind, classCount, params.cnn);
  const columns = outputColumns(classCount);
  const batchSize = Math.min(params.batchSize, trainSplit.count);
  const imageShape = [batchSize, 3, pixels.imageSizePx, pixels.imageSizePx];
  const threads = params.threads === 0 ? defaultThreads() : params.threads;
  const optimiser = optimiserFor(params);
  const trainingStep = buildTrainingStep({
    network,
    imageShape,
    targetColumns: columns,
    loss: columns === 1 ? binaryCrossEntropy : softmaxCrossEntropy,
    optimiser,
    ...(params.clipNorm > 0 ? { clipNorm: params.clipNorm } : {}),
    average: params.averageEpochs > 0,
  });
  const stepper = await createStepper({
    trainingStep,
    optimiser,
    imageShape,
    targetColumns: columns,
    seed,
    threads,
    device,
    averageSteps: params.averageEpochs * Math.floor(trainSplit.count / batchSize),
  });
  const batches = createBatches({
    split: trainSplit,
    classCount,
    batchSize,
    preprocessing,
    augmentation: params.augment,
    labelSmoothing: params.labelSmoothing,
    mixup: params.mixup,
    classWeights:
      params.classWeights === 'balanced'
        ? balancedClassWeights(trainSplit.labels, classCount)
        : Array<number>(classCount).fill(1),
    seed,
    uniformCounts: trainingStep.uniforms.map((uniform) =>
      uniform.shape.reduce<number>((n, size) => n * Number(size), 1),
    ),
  });
  const directory = checkpointDirectory(options.out);
  const { threads: _threads, keep: _keep, ...learning } = params;
  return {
    stepper,
    batches,
    validation: { network, layout: stepper.layout, split: validationSplit, preprocessing, threads, device },
    classCount,
    preprocessing,
    identity: { kind, seed, dataset: datasetMd5, classNames, imageSizePx: pixels.imageSizePx, ...learning },
    paths: { last: join(directory, 'last.safetensors'), best: join(directory, 'best.safetensors') },
  };
}

function optimiserFor(params: TrainParams): Optimiser {
  return params.optimizer === 'adamw'
    ? adamW({ weightDecay: params.weightDecay })
    : sgd({ momentum: params.momentum, nesterov: params.momentum > 0, weightDecay: params.weightDecay });
}

function usableSplit(dataset: PreparedDataset, name: 'train' | 'validation'): PreparedSplit {
  const split = dataset.split(name);
  const present = new Set(split.labels);
  const missing = dataset.manifest.classNames.filter((_, label) => !present.has(label));
  if (split.count > 0 && (name === 'validation' || missing.length === 0)) return split;
  throw new PawprintError('DATASET_INVALID', {
    message: `the ${name} split of ${dataset.directory} cannot be used`,
    expected: 'photos of every class',
    received: split.count === 0 ? 'no photos' : `none of ${missing.join(', ')}`,
    hint: 'Add photos, or prepare again with another --validation-fraction.',
  });
}

async function startOrResume(options: TrainOptions, run: Run): Promise<{ header: CheckpointHeader }> {
  const fresh: CheckpointHeader = {
    schemaVersion: 1,
    epoch: 0,
    step: 0,
    identity: run.identity,
    history: [],
    best: null,
  };
  if (options.resume && existsSync(run.paths.last)) {
    const checkpoint = await readCheckpoint(run.paths.last);
    requireSameRun(checkpoint.header, run.identity);
    run.stepper.restore(checkpoint.state);
    options.progress.line(`resuming after epoch ${checkpoint.header.epoch} of ${options.params.epochs}`);
    return checkpoint;
  }
  if (options.resume)
    options.progress.line(`no checkpoint in ${checkpointDirectory(options.out)}: training from the start`);
  await rm(run.paths.last, { force: true });
  await rm(run.paths.best, { force: true });
  return { header: fresh };
}

async function oneEpoch(options: TrainOptions, run: Run, epoch: number): Promise<EpochRecord> {
  const trained = await trainEpoch({
    stepper: run.stepper,
    batches: run.batches,
    epoch,
    classCount: run.classCount,
    schedule: options.params,
    totalSteps: run.batches.stepsPerEpoch * options.params.epochs,
    checkpointPath: run.paths.last,
    signal: options.signal,
  });
  const validation = await scoreSplit(run.validation, servedWeights(run.stepper.state()), run.classCount);
  if (Number.isNaN(validation.loss))
    throw divergedError({ epoch, checkpointPath: run.paths.last }, trained.learningRate, 'outputs that are no numbers');
  return { epoch, ...trained, validationLoss: validation.loss, validationAccuracy: validation.accuracy };
}

function advance(header: CheckpointHeader, record: EpochRecord, step: number): CheckpointHeader {
  const better = header.best === null || record.validationLoss < header.best.validationLoss;
  return {
    ...header,
    epoch: record.epoch,
    step,
    history: [...header.history, record],
    best: better ? { epoch: record.epoch, validationLoss: record.validationLoss } : header.best,
  };
}

/** Whether early stopping says that enough epochs went by without a better one. */
function isStale(header: CheckpointHeader, params: TrainParams): boolean {
  if (params.earlyStoppingPatience === 0 || header.best === null) return false;
  return header.epoch - header.best.epoch >= params.earlyStoppingPatience;
}

function describeEpoch(record: EpochRecord): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    `loss ${record.trainLoss.toFixed(4)}`,
    `accuracy ${percent(record.trainAccuracy)}`,
    `validation loss ${record.validationLoss.toFixed(4)}`,
    `validation accuracy ${percent(record.validationAccuracy)}`,
    `lr ${record.learningRate.toExponential(1)}`,
    `${record.imagesPerSecond.toFixed(0)} images/s`,
  ].join('  ');
}

async function exportModel(
  options: TrainOptions,
  run: Run,
  kept: { readonly header: CheckpointHeader; readonly state: StepperState },
): Promise<ModelMetadata> {
  const { manifest } = options.dataset;
  const { header } = kept;
  const exported = options.params.keep === 'best' ? header.best?.epoch : header.epoch;
  const record = header.history.find(({ epoch }) => epoch === exported);
  const confidence = options.confidence ?? confidenceParamsSchema.parse({});
  const weights = servedWeights(kept.state);
  const { split } = run.validation;
  const logits = await splitLogits(run.validation, weights);
  const calibration = calibrate({
    logits: { values: logits, width: logits.length / split.count },
    labels: split.labels,
    classCount: run.classCount,
    settings: confidence,
    fittedOn: 'validation',
  });
  if (calibration.warning !== undefined) options.progress.line(`note: ${calibration.warning}`);
  const graph = buildInferenceGraph({
    network: run.validation.network,
    layout: run.stepper.layout,
    weights,
    imageSizePx: run.preprocessing.imageSizePx,
  });
  const metadata = await withKnownAnswer(graph, {
    schemaVersion: 1,
    name: options.out.replace(/^.*[/\\]/, '').replace(/\.onnx$/, ''),
    kind: options.kind,
    classNames: manifest.classNames,
    preprocessing: run.preprocessing,
    configuration: { ...options.params, confidence, seed: options.seed },
    metrics: {
      ...calibration.metrics,
      ...(record === undefined
        ? {}
        : {
            epoch: record.epoch,
            'train.loss': record.trainLoss,
            'train.accuracy': record.trainAccuracy,
            'validation.loss': record.validationLoss,
            'validation.accuracy': record.validationAccuracy,
          }),
    },
    temperature: calibration.temperature,
    abstention: calibration.abstention,
    dataset: { md5: manifest.datasetMd5, counts: manifest.counts },
    lineage: options.lineage,
  });
  await writeModelFile(options.out, graph, metadata);
  await writeJsonAtomic(historyPath(options.out), header.history);
  return metadata;
}
