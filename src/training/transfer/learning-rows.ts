// The photos that a head is fitted on, as rows of features: those of train and validation that could be read.
import { PawprintError } from '../../core/index.ts';
import type { LabelledPhotoFile, LabelledPhotos } from '../../data/index.ts';
import type { ExtractedFeatures } from '../../features/index.ts';
import { assignFolds } from './folds.ts';
import type { TransferParams } from './params.ts';

export interface LearningRows {
  /** [n, d]: each photo, then (where asked for) the mirror image of each. */
  readonly features: Float32Array;
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly groups: Int32Array;
  /** [photos, K]; null: the backbone has no classes of its own. */
  readonly classLogits: Float32Array | null;
  /** Index of each photo among those that were to be learnt from, [photos]. */
  readonly indices: readonly number[];
  /** Photos, mirror images not counted. */
  readonly photos: number;
}

export interface LeftOutPhoto {
  readonly name: string;
  readonly error: PawprintError;
}

/** Photos to learn from: of train, and of validation, whose place cross-validation takes. */
export function learningPhotos({ photos, directory }: LabelledPhotos): readonly LabelledPhotoFile[] {
  const chosen = photos.filter(({ split }) => split !== 'test');
  if (chosen.length > 0) return chosen;
  throw new PawprintError('DATASET_INVALID', {
    message: `${directory} has no photos to learn from`,
    expected: 'a train split, or class folders without splits',
    received: `${photos.length} test photos`,
    hint: 'Add photos under train/<class>/.',
  });
}

/**
 * The rows of the photos that could be read, and the others with what is wrong with them. Throws DATASET_INVALID when not
 * one could.
 */
export function learningRows(
  photos: readonly LabelledPhotoFile[],
  extracted: ExtractedFeatures,
): { readonly rows: LearningRows; readonly leftOut: readonly LeftOutPhoto[] } {
  const failed = new Set(extracted.failed.map(({ index }) => index));
  const kept = [...photos.keys()].filter((index) => !failed.has(index));
  const [first] = extracted.failed;
  if (kept.length === 0 && first !== undefined)
    throw new PawprintError('DATASET_INVALID', {
      message: `none of the ${photos.length} photos can be read`,
      expected: 'photos where the data set says',
      received: first.error.message,
      hint: 'Put the photos back where they were when the data set was prepared, or prepare again.',
    });
  const take = (values: Float32Array): Float32Array => {
    const width = values.length / photos.length;
    const taken = new Float32Array(kept.length * width);
    kept.forEach((index, row) => taken.set(values.subarray(index * width, (index + 1) * width), row * width));
    return taken;
  };
  const views = [extracted.features, extracted.mirroredFeatures].flatMap((view) => (view === null ? [] : [take(view)]));
  const features = new Float32Array(views.reduce((sum, view) => sum + view.length, 0));
  views.forEach((view, i) => features.set(view, i * view.length));
  // A mirror image is in its photo's group, so that both are on one side of each fold.
  const each = views.flatMap(() => kept);
  return {
    rows: {
      features,
      labels: Uint8Array.from(each, (index) => photos[index]?.label ?? 0),
      groups: Int32Array.from(each, (index) => photos[index]?.group ?? 0),
      classLogits: extracted.classLogits === null ? null : take(extracted.classLogits),
      indices: kept,
      photos: kept.length,
    },
    leftOut: extracted.failed.map(({ index, error }) => ({ name: photos[index]?.name ?? '', error })),
  };
}

/** The rows of some photos (by row), their mirror images with them. */
export function takeRows(rows: LearningRows, photos: readonly number[]): LearningRows {
  const width = rows.features.length / rows.labels.length;
  const views = rows.labels.length / rows.photos;
  const chosen = Array.from({ length: views }, (_, view) => photos.map((row) => view * rows.photos + row)).flat();
  const features = new Float32Array(chosen.length * width);
  chosen.forEach((row, i) => features.set(rows.features.subarray(row * width, (row + 1) * width), i * width));
  return {
    features,
    labels: Uint8Array.from(chosen, (row) => rows.labels[row] ?? 0),
    groups: Int32Array.from(chosen, (row) => rows.groups[row] ?? 0),
    classLogits: null,
    indices: photos.map((row) => rows.indices[row] ?? 0),
    photos: photos.length,
  };
}

/** Rows to train on and rows to hold out: the validation split where there is one, else one of the folds. */
export function holdOut(
  photos: readonly LabelledPhotoFile[],
  { params, seed, classCount }: { readonly params: TransferParams; readonly seed: number; readonly classCount: number },
): { readonly train: readonly number[]; readonly validation: readonly number[] } {
  const rows = [...photos.keys()];
  const given = rows.filter((row) => photos[row]?.split === 'validation');
  if (given.length > 0) return { train: rows.filter((row) => photos[row]?.split === 'train'), validation: given };
  const folds = assignFolds({
    labels: Uint8Array.from(photos, ({ label }) => label),
    groups: Int32Array.from(photos, ({ group }) => group),
    classCount,
    folds: params.folds,
    seed,
  });
  return { train: rows.filter((row) => folds.of[row] !== 0), validation: rows.filter((row) => folds.of[row] === 0) };
}
