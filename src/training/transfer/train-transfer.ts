// Transfer learning, told from start to end: list the photos, compute their features (or find them in the cache), fit
// the head and choose its strength by cross-validation, calibrate on the held-out logits, write one model file.
import type { Progress } from '../../core/index.ts';
import type { LabelledPhotoFile, LabelledPhotos } from '../../data/index.ts';
import { type Backbone, createFeatureExtractor, type ExtractedFeatures, openBackbone } from '../../features/index.ts';
import { type ModelMetadata, outputColumns, transferGraph, writeModelFile } from '../../models/index.ts';
import { defaultThreads } from '../../runtime/index.ts';
import { calibrate, type Calibration, type ConfidenceParams } from '../calibrate.ts';
import { type FamiliarClasses, familiarityThreshold, findFamiliarClasses } from './familiarity.ts';
import { type LeftOutPhoto, learningPhotos, type LearningRows, learningRows } from './learning-rows.ts';
import { fitLinearHead, type LinearHeadFit } from './linear-head.ts';
import type { TransferParams } from './params.ts';

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
}

/**
 * Fits a linear head on a pretrained backbone's features of the train and validation photos (cross-validation takes the
 * validation split's place; the test split is not looked at) and writes the model. Throws DATASET_INVALID for fewer
 * than two readable photos a class or photos that are all alike, BACKBONE errors of openBackbone, CANCELLED.
 */
export async function trainTransfer(options: TransferOptions): Promise<TransferResult> {
  const { params, seed, signal } = options;
  const { classNames } = options.photos;
  const backbone = await openBackbone(options.backbonePath);
  const photos = learningPhotos(options.photos);
  const extracted = await extractFeatures(options, backbone, photos);
  const { rows, leftOut } = learningRows(photos, extracted);
  const fit = await fitLinearHead({
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
  // Mirror images say nothing new about how sure the model may be: the first rows are the photos themselves.
  const width = outputColumns(classNames.length);
  const calibration = calibrate({
    logits: { values: fit.heldOutLogits.subarray(0, rows.photos * width), width },
    labels: rows.labels.subarray(0, rows.photos),
    classCount: classNames.length,
    settings: options.confidence,
    fittedOn: 'cross-validation',
  });
  const familiar = rows.classLogits === null ? null : findFamiliarClasses(rows.classLogits, backbone.classCount);
  const metadata = describeModel(options, { backbone, fit, calibration, familiar, rows });
  const { graph, featuresOutput, classLogitsOutput } = backbone;
  const spec = {
    backbone: graph,
    featuresOutput,
    head: fit,
    familiar:
      metadata.familiarity === undefined || classLogitsOutput === null || familiar === null
        ? undefined
        : { classLogitsOutput, classes: familiar.classes },
  };
  await writeModelFile(options.out, transferGraph(spec), metadata);
  return {
    modelPath: options.out,
    metadata,
    backbone: { name: backbone.name, sha256: backbone.sha256 },
    photos: rows.photos,
    cached: extracted.cached,
    leftOut,
    warnings: calibration.warning === undefined ? [] : [calibration.warning],
    fit,
  };
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

interface Fitted {
  readonly backbone: Backbone;
  readonly fit: LinearHeadFit;
  readonly calibration: Calibration;
  readonly familiar: FamiliarClasses | null;
  readonly rows: LearningRows;
}

function describeModel(
  options: TransferOptions,
  { backbone, fit, calibration, familiar, rows }: Fitted,
): ModelMetadata {
  const { photos, params, confidence, seed, out, lineage } = options;
  const chosen = fit.table.find(({ strength }) => strength === fit.strength);
  const familiarity =
    familiar === null ? null : familiarityThreshold(familiar.heldOutScores, confidence.falseAlarmRate);
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
      backbone: {
        name: backbone.name,
        sha256: backbone.sha256,
        licence: backbone.licence,
        source: backbone.source,
      },
      strength: fit.strength,
    },
    metrics: {
      'train.photos': rows.photos,
      'crossValidation.accuracy': chosen?.accuracy ?? 0,
      'crossValidation.logLoss': chosen?.logLoss ?? 0,
      ...calibration.metrics,
    },
    temperature: calibration.temperature,
    abstention: calibration.abstention,
    ...(familiarity === null ? {} : { familiarity }),
    dataset: { md5: photos.datasetMd5, counts: photos.counts },
    lineage,
  };
}
