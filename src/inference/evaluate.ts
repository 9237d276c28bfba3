// Evaluation: every photo of a labelled set through the Predictor, then every score. What is wrong with single photos
// is listed, not fatal.
import { hashBytes, PawprintError, silentProgress, type Progress } from '../core/index.ts';
import { scorePhotos, type Scores, topLabelCalibrationError } from '../evaluation/index.ts';
import { type AbstentionScores, scoreAbstention } from './abstention-scores.ts';
import { checkCancelled } from './decode-photos.ts';
import type { EvaluationData, LabelledPhoto } from './evaluation-data.ts';
import type { Prediction, Predictor } from './predictor.ts';

export interface EvaluatedPhoto extends LabelledPhoto {
  readonly prediction: Prediction;
}

export interface SkippedPhoto extends LabelledPhoto {
  readonly error: PawprintError;
}

export interface Evaluation {
  readonly scores: Scores;
  readonly abstention: AbstentionScores;
  /** In the order of the data. */
  readonly photos: readonly EvaluatedPhoto[];
  readonly skipped: readonly SkippedPhoto[];
  /** Things that make the scores mean less than they seem to: a class without photos, photos left out. */
  readonly warnings: readonly string[];
  readonly classNames: readonly string[];
  /** By which logits were divided before the probabilities. */
  readonly temperature: number;
  /** Expected calibration error of the logits as they are; after the temperature it is scores.ece. */
  readonly eceBefore: number;
  readonly dataset: {
    readonly path: string;
    readonly split: string | null;
    /** Data set version; of a plain folder: md5 over the sorted lines `<md5> <class> <path>` of the scored photos. */
    readonly md5: string;
    /** Whether records were read from shards or photos decoded. */
    readonly from: 'shards' | 'photos';
  };
  readonly model: {
    readonly path: string;
    readonly name: string;
    readonly kind: string;
    readonly sha256: string;
    /** Data set version that it was trained on. */
    readonly trainedOn: string;
    /** The epoch whose weights it holds, where its metrics say. */
    readonly keptEpoch: number | null;
  };
}

export interface EvaluateOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Photos a model run; 32 unless told. Changes no result. */
  readonly batchSize?: number;
}

interface Gathered {
  readonly photos: EvaluatedPhoto[];
  readonly skipped: SkippedPhoto[];
  readonly md5: string;
}

/**
 * Scores `predictor` on `data`. Throws CANCELLED when the signal aborts, DATASET_INVALID when not one photo could be
 * read, MODEL_INVALID when the model gives no numbers.
 */
export async function evaluate(
  predictor: Predictor,
  data: EvaluationData,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { photos, skipped, md5 } = await (data.readRecord === null
    ? evaluatePhotos(predictor, data, options)
    : evaluateShards(predictor, data, { ...options, readRecord: data.readRecord }));
  const first = photos[0];
  if (first === undefined)
    throw new PawprintError('DATASET_INVALID', {
      message: `none of the ${skipped.length} photos in ${data.directory} can be read`,
      expected: 'at least one good photo',
      received: skipped[0]?.error.message ?? 'none',
      hint: 'Run `pawprint data check` on the folder to see what is wrong with them.',
    });
  const { metadata } = predictor;
  const { classNames } = metadata;
  const scored = {
    labels: photos.map((photo) => photo.label),
    logits: { values: photos.flatMap((photo) => photo.prediction.logits), width: first.prediction.logits.length },
    classNames,
  };
  const scores = scorePhotos({ ...scored, temperature: metadata.temperature });
  return {
    scores,
    abstention: scoreAbstention(photos),
    photos,
    skipped,
    warnings: describeWarnings(scores, skipped.length),
    classNames,
    temperature: metadata.temperature,
    eceBefore: topLabelCalibrationError(scored.labels, scored.logits, { classCount: classNames.length }),
    dataset: { path: data.directory, split: data.split, md5, from: data.readRecord === null ? 'photos' : 'shards' },
    model: {
      path: predictor.path,
      name: metadata.name,
      kind: metadata.kind,
      sha256: predictor.sha256,
      trainedOn: metadata.dataset.md5,
      keptEpoch: metadata.metrics['epoch'] ?? null,
    },
  };
}

function describeWarnings(scores: Scores, skipped: number): string[] {
  const empty = Object.entries(scores.perClass).flatMap(([name, { support }]) => (support === 0 ? [name] : []));
  const warnings = empty.map((name) => `There are no photos of ${name}: scores that compare classes say little.`);
  if (skipped > 0) warnings.push(`${skipped} photos could not be read and were left out of every score.`);
  return warnings;
}

async function evaluateShards(
  predictor: Predictor,
  data: EvaluationData,
  options: EvaluateOptions & { readonly readRecord: NonNullable<EvaluationData['readRecord']> },
): Promise<Gathered> {
  const { readRecord, batchSize = 32, progress = silentProgress } = options;
  const task = progress.start('Evaluating', data.photos.length, 'photos');
  const photos: EvaluatedPhoto[] = [];
  for (let start = 0; start < data.photos.length; start += batchSize) {
    checkCancelled(options.signal);
    const batch = data.photos.slice(start, start + batchSize);
    const records = new Uint8Array(batch.length * predictor.recordBytes); // [n, 3, S, S]
    for (const i of batch.keys()) readRecord(start + i, records, i * predictor.recordBytes);
    const predictions = await predictor.predictRecords(records);
    for (const [i, prediction] of predictions.entries()) {
      const photo = batch[i];
      if (photo !== undefined) photos.push({ ...photo, prediction });
    }
    task.update(photos.length);
  }
  task.finish();
  return { photos, skipped: [], md5: data.datasetMd5 ?? '' };
}

async function evaluatePhotos(
  predictor: Predictor,
  data: EvaluationData,
  { progress = silentProgress, signal, batchSize }: EvaluateOptions,
): Promise<Gathered> {
  const task = progress.start('Evaluating', data.photos.length, 'photos');
  const photos: EvaluatedPhoto[] = [];
  const skipped: SkippedPhoto[] = [];
  const lines: string[] = [];
  const answers = predictor.predictMany(data.photos, {
    ...(signal === undefined ? {} : { signal }),
    ...(batchSize === undefined ? {} : { batchSize }),
  });
  let index = 0;
  for await (const answer of answers) {
    const photo = data.photos[index++];
    if (photo === undefined) throw new Error('more answers than photos');
    if ('error' in answer) skipped.push({ ...photo, error: answer.error });
    else {
      photos.push({ ...photo, prediction: answer.prediction });
      lines.push(`${answer.md5} ${predictor.classNames[photo.label] ?? ''} ${photo.name}\n`);
    }
    task.update(index);
  }
  task.finish();
  return { photos, skipped, md5: data.datasetMd5 ?? hashBytes('md5', lines.sort().join('')) };
}
