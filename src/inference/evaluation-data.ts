// The labelled photos of an evaluation: one split of a prepared data set, or a folder with a folder for each class.
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asPawprintError, matchClass, PawprintError, requireClass } from '../core/index.ts';
import { openPreparedDataset, splitNames, type PreparedDataset, type SplitName } from '../data/index.ts';
import type { ModelMetadata } from '../models/index.ts';
import { listFolder, walkPhotos } from './photo-input.ts';

/** A photo whose class is known. */
export interface LabelledPhoto {
  /** Relative to the data folder (prepared: to the raw photos), `/` between folders. */
  readonly name: string;
  readonly path: string;
  /** In the model's order of classes. */
  readonly label: number;
}

export interface EvaluationData {
  readonly directory: string;
  /** null: the folder is not divided into splits. */
  readonly split: SplitName | null;
  readonly photos: readonly LabelledPhoto[];
  /** The data set version of a prepared data set; null: to be computed from the photos. */
  readonly datasetMd5: string | null;
  /** uint8 record [3, S, S] of photo i, made as the model wants it; null: the photos must be decoded. */
  readonly readRecord: ((index: number, target: Uint8Array, offset: number) => void) | null;
  close(): void;
}

type ModelView = Pick<ModelMetadata, 'classNames' | 'preprocessing'>;

/**
 * Opens `directory`: a prepared data set (`split`: test unless told), a folder of split folders (the same), or a
 * folder of class folders (no split). Throws FILE_NOT_FOUND, NOT_A_DIRECTORY, MANIFEST_INVALID, and DATASET_INVALID
 * for unknown classes, a split that is not there, or no photos at all.
 */
export async function openEvaluationData(
  directory: string,
  model: ModelView,
  split?: SplitName,
): Promise<EvaluationData> {
  if (!(await isDirectory(directory)))
    throw new PawprintError('NOT_A_DIRECTORY', {
      message: `${directory} is a file`,
      expected: 'a prepared data set, or a folder with one folder of photos for each class',
      hint: 'To look at single photos use `pawprint predict`.',
    });
  const prepared = await stat(join(directory, 'manifest.json')).catch(() => null);
  const data =
    prepared === null
      ? await openFolder(directory, model, split)
      : openPrepared(await openPreparedDataset(directory), model, split ?? 'test');
  if (data.photos.length > 0) return data;
  data.close();
  throw new PawprintError('DATASET_INVALID', {
    message: `there are no photos to evaluate in ${directory}${data.split === null ? '' : ` (${data.split})`}`,
    expected: `a folder with folders named ${model.classNames.join(', ')}, or a prepared data set`,
    received: 'no pictures',
    hint: 'Check the path and --split. Photos in other layouts: sort them into class folders with `pawprint data import`.',
  });
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw asPawprintError(error, `opening the data ${path}`);
  }
}

function openPrepared(dataset: PreparedDataset, model: ModelView, splitName: SplitName): EvaluationData {
  try {
    const { manifest, directory, sourceDirectory } = dataset;
    const labels = manifest.classNames.map((name) => requireClass(name, model.classNames, directory));
    const split = dataset.split(splitName);
    const wanted = model.preprocessing;
    const made = manifest.preprocessing;
    const asModelWants =
      made.imageSizePx === wanted.imageSizePx && made.fit === wanted.fit && made.filter === wanted.filter;
    return {
      directory,
      split: splitName,
      photos: split.entries.map(({ path, label }) => ({
        name: path,
        path: join(sourceDirectory, path),
        label: labels[label] ?? 0,
      })),
      datasetMd5: manifest.datasetMd5,
      readRecord: asModelWants ? (index, target, offset) => split.readRecord(index, target, offset) : null,
      close: () => dataset.close(),
    };
  } catch (error) {
    dataset.close();
    throw error;
  }
}

const splitWords: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  test: 'test',
  testing: 'test',
};

async function openFolder(directory: string, model: ModelView, split: SplitName | undefined): Promise<EvaluationData> {
  const folders = await subfolders(directory);
  const splits = folders.filter(
    (name) => Object.hasOwn(splitWords, name.toLowerCase()) && matchClass(name, model.classNames) === null,
  );
  const base = { directory, datasetMd5: null, readRecord: null, close: () => undefined };
  if (splits.length === 0) {
    if (split !== undefined) throw missingSplit(directory, split, []);
    return { ...base, split: null, photos: await readClassFolders(directory, '', model) };
  }
  const wanted = split ?? 'test';
  const chosen = splits.filter((name) => splitWords[name.toLowerCase()] === wanted);
  if (chosen.length === 0) throw missingSplit(directory, wanted, splits);
  const photos = await Promise.all(chosen.map((name) => readClassFolders(join(directory, name), `${name}/`, model)));
  return { ...base, split: wanted, photos: photos.flat() };
}

function missingSplit(directory: string, split: SplitName, found: readonly string[]): PawprintError {
  return new PawprintError('DATASET_INVALID', {
    message: `${directory} has no ${split} split`,
    expected: `a folder named ${split} (splits are ${splitNames.join(', ')})`,
    received: found.length === 0 ? 'no split folders' : found.join(', '),
    hint: found.length === 0 ? 'Leave out --split to evaluate the whole folder.' : 'Choose one of them with --split.',
  });
}

async function subfolders(directory: string): Promise<string[]> {
  const entries = await listFolder(directory);
  return entries.flatMap(({ name, kind }) => (kind === 'folder' ? [name] : []));
}

/** Photos of every class folder of `directory`, deeper folders included. A folder without pictures needs no class. */
async function readClassFolders(directory: string, prefix: string, model: ModelView): Promise<LabelledPhoto[]> {
  const photos: LabelledPhoto[] = [];
  for (const folder of await subfolders(directory)) {
    let label: number | undefined;
    for await (const path of walkPhotos(join(directory, folder))) {
      label ??= requireClass(basename(folder), model.classNames, join(directory, folder));
      const name = `${prefix}${path.slice(directory.length + 1).replaceAll('\\', '/')}`;
      photos.push({ name, path, label });
    }
  }
  return photos;
}
