// Transfer learning, told from start to end: list the photos, compute their features (or find them in the cache), fit
// the head and choose its strength by cross-validation, calibrate on the held-out logits, write one model file.
import type { Progress } from '../../core/index.ts';
import type { LabelledPhotoFile, LabelledPhotos } from '../../data/index.ts';
import { type Backbone, createFeatureExtractor, type ExtractedFeatures, openBackbone } from '../../features/index.ts';
import {
  type Familiarity,
  type ModelMetadata,
  outputColumns,
  transferGraph,
  type TransferGraphSpec,
  withKnownAnswer,
  writeModelFile,
} from '../../models/index.ts';
import { defaultThreads } from '../../runtime/index.ts';
import { calibrate, type Calibration, type ConfidenceParams } from '../calibrate.ts';
import { fineTune, type FineTuned } from './fine-tune.ts';
import { familiarityThreshold, findFamiliarClasses } from './familiarity.ts';
import {
  holdOut,
  type LeftOutPhoto,
  learningPhotos,
  type LearningRows,
  learningRows,
  takeRows,
} from './learning-rows.ts';
import { fitLinearHead, type LinearHeadFit } from './linear-head.ts';
import type { TransferParams } from './params.ts';
import { writeRecordFile } from './record-file.ts';

export interface TransferOptions {
  readonly params: TransferParams;
  readonly confidence: ConfidenceParams;
  readonly seed: number;
  readonly photos: LabelledPhotos;
  /** An ONNX file; undefined: the backbone in the box. */
  readonly backbonePath: string | undefined;
  /** Folder in which features are kept by the content of photo and backbone; null: not kept. */
  readonly cacheDirectory: string | null;
  /** Path of the model file, ending in .onnx. */
  readonly out: string;
  readonly lineage: ModelMetadata['lineage'];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface TransferResult {
  readonly modelPath: string;
  readonly metadata: ModelMetadata;
  readonly backbone: { readonly name: string; readonly sha256: string };
  readonly photos: number;
  /** Features that the cache had. */
  readonly cached: number;
  /** Photos that could not be read. */
  readonly leftOut: readonly LeftOutPhoto[];
  /** What the model cannot promise, and why. */
  readonly warnings: readonly string[];
  readonly fit: Pick<LinearHeadFit, 'strength' | 'table' | 'folds'>;
  /** null: the backbone was left as it is. */
  readonly fineTuning: Pick<FineTuned, 'history' | 'keptEpoch' | 'trainedParameters'> | null;
}

/**
 * Fits a linear head on a pretrained backbone's features of the train and validation photos (cross-validation takes the
 * validation split's place; the test split is not looked at) and writes the model. Throws DATASET_INVALID for fewer
 * than two readable photos a class or photos that are all alike, BACKBONE errors of openBackbone, CANCELLED.
 */
export async function trainTransfer(options: TransferOptions): Promise<TransferResult> {
  const backbone = await openBackbone(options.backbonePath);
  const photos = learningPhotos(options.photos);
  const extracted = await extractFeatures(options, backbone, photos);
  const { rows, leftOut } = learningRows(photos, extracted);
  const tuned =
    options.params.fineTuneBlocks > 0 ? await learnByFineTuning(options, { backbone, photos, rows }) : undefined;
  const learnt = tuned?.fineTuning?.keptEpoch ? tuned : await learnHead(options, { backbone, rows }, tuned);
  const { fit, calibration } = learnt;
  const graph = transferGraph(learnt.spec);
  const metadata = await withKnownAnswer(graph, describeModel(options, { backbone, learnt, rows }));
  await writeModelFile(options.out, graph, metadata);
  return {
    modelPath: options.out,
    metadata,
    backbone: { name: backbone.name, sha256: backbone.sha256 },
    photos: rows.photos,
    cached: extracted.cached,
    leftOut,
    warnings: [...learnt.warnings, ...(calibration.warning === undefined ? [] : [calibration.warning])],
    fit,
    fineTuning: learnt.fineTuning ?? null,
  };
}

/** What was learnt, and how sure it is of itself. */
interface Learnt {
  readonly spec: TransferGraphSpec;
  readonly fit: LinearHeadFit;
  readonly calibration: Calibration;
  readonly familiarity: Familiarity | null;
  readonly warnings: readonly string[];
  readonly fineTuning?: Pick<FineTuned, 'history' | 'keptEpoch' | 'trainedParameters'>;
}

function fitHead({ params, photos, seed, signal }: TransferOptions, rows: LearningRows): Promise<LinearHeadFit> {
  const { classNames } = photos;
  return fitLinearHead({
    features: rows.features,
    labels: rows.labels,
    groups: rows.groups,
    classCount: classNames.length,
    classNames,
    classWeights: params.classWeights,
    ...(params.strengths === undefined ? {} : { strengths: params.strengths }),
    folds: params.folds,
    seed,
    threads: threadsOf(params),
    signal,
  });
}

/** The head on all photos, calibrated on the logits of cross-validation. `inVain`: a fine-tuning that helped nothing. */
async function learnHead(
  options: TransferOptions,
  { backbone, rows }: { readonly backbone: Backbone; readonly rows: LearningRows },
  inVain: Learnt | undefined,
): Promise<Learnt> {
  const { photos, confidence } = options;
  const fit = await fitHead(options, rows);
  // Mirror images say nothing new about how sure the model may be: the first rows are the photos themselves.
  const width = outputColumns(photos.classNames.length);
  const calibration = calibrate({
    logits: { values: fit.heldOutLogits.subarray(0, rows.photos * width), width },
    labels: rows.labels.subarray(0, rows.photos),
    classCount: photos.classNames.length,
    settings: confidence,
    fittedOn: 'cross-validation',
  });
  const { graph, featuresOutput, classLogitsOutput } = backbone;
  const familiar = rows.classLogits === null ? null : findFamiliarClasses(rows.classLogits, backbone.classCount);
  const familiarity =
    familiar === null ? null : familiarityThreshold(familiar.heldOutScores, confidence.falseAlarmRate);
  const familiarSpec =
    familiarity === null || familiar === null || classLogitsOutput === null
      ? undefined
      : { classLogitsOutput, classes: familiar.classes };
  return {
    spec: { backbone: graph, featuresOutput, head: fit, familiar: familiarSpec },
    fit,
    calibration,
    familiarity,
    ...(inVain?.fineTuning === undefined
      ? { warnings: [] }
      : {
          warnings: ['no epoch of fine-tuning was better on validation: the backbone is left as it was'],
          fineTuning: inVain.fineTuning,
        }),
  };
}

/** A head on the photos of train, then the last blocks with it; calibrated on the photos held out of both. */
async function learnByFineTuning(
  options: TransferOptions,
  learning: {
    readonly backbone: Backbone;
    readonly photos: readonly LabelledPhotoFile[];
    readonly rows: LearningRows;
  },
): Promise<Learnt> {
  const { params, confidence, seed, progress, signal } = options;
  const { backbone, rows } = learning;
  const classCount = options.photos.classNames.length;
  const readable = rows.indices.flatMap((index) => learning.photos[index] ?? []);
  const { train, validation } = holdOut(readable, { ...options, classCount });
  const fit = await fitHead(options, takeRows(rows, train));
  const records = await writeRecordFile(readable, backbone.preprocessing, { progress, signal });
  try {
    const held = records.split('validation', validation);
    const tuned = await fineTune({
      backbone,
      head: fit,
      train: records.split('train', train),
      validation: held,
      classCount,
      params,
      threads: threadsOf(params),
      seed,
      progress,
      signal,
    });
    const calibration = calibrate({
      logits: { values: tuned.validationLogits, width: outputColumns(classCount) },
      labels: held.labels,
      classCount,
      settings: confidence,
      fittedOn: 'validation',
    });
    return {
      spec: { backbone: tuned.graph, featuresOutput: backbone.featuresOutput, head: tuned.head },
      fit,
      calibration,
      familiarity: null,
      warnings: ['the backbone\'s own classes no longer fit its features: a fine-tuned model never says "neither"'],
      fineTuning: tuned,
    };
  } finally {
    await records.close();
  }
}

function threadsOf({ threads }: TransferParams): number {
  return threads === 0 ? defaultThreads() : threads;
}

async function extractFeatures(
  options: TransferOptions,
  backbone: Backbone,
  photos: readonly LabelledPhotoFile[],
): Promise<ExtractedFeatures> {
  const { params, cacheDirectory, progress, signal } = options;
  const extractor = createFeatureExtractor({
    backbone,
    cacheDirectory,
    workers: threadsOf(params),
    signal,
    progress,
    mirrored: params.mirrored,
  });
  try {
    return await extractor.extract(photos);
  } finally {
    await extractor.close();
  }
}

function describeModel(
  options: TransferOptions,
  { backbone, learnt, rows }: { readonly backbone: Backbone; readonly learnt: Learnt; readonly rows: LearningRows },
): ModelMetadata {
  const { photos, params, confidence, seed, out, lineage } = options;
  const { fit, calibration, familiarity, fineTuning } = learnt;
  const chosen = fit.table.find(({ strength }) => strength === fit.strength);
  const kept = fineTuning?.history.find(({ epoch }) => epoch === fineTuning.keptEpoch);
  const { name, sha256, licence, source } = backbone;
  return {
    schemaVersion: 1,
    name: out.replace(/^.*[/\\]/, '').replace(/\.onnx$/, ''),
    kind: 'transfer',
    classNames: [...photos.classNames],
    preprocessing: backbone.preprocessing,
    configuration: {
      ...params,
      confidence,
      seed,
      backbone: { name, sha256, licence, source },
      strength: fit.strength,
      ...(fineTuning === undefined ? {} : { fineTuning: fineTuning.history }),
    },
    metrics: {
      'train.photos': rows.photos,
      'crossValidation.accuracy': chosen?.accuracy ?? 0,
      'crossValidation.logLoss': chosen?.logLoss ?? 0,
      ...(kept === undefined
        ? {}
        : { 'validation.accuracy': kept.validationAccuracy, 'validation.loss': kept.validationLoss }),
      ...calibration.metrics,
    },
    temperature: calibration.temperature,
    abstention: calibration.abstention,
    ...(familiarity === null ? {} : { familiarity }),
    dataset: { md5: photos.datasetMd5, counts: photos.counts },
    lineage,
  };
}
