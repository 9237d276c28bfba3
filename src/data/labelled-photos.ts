// The photos to learn from as files with labels, of a prepared data set or of a raw folder as it lies there: for models
// that decode photos themselves (transfer), at a size of their own.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hashBytes, hashFile } from '../core/index.ts';
import { openPreparedDataset } from './prepared-dataset.ts';
import { readDatasetLayout, scanDataset } from './scan.ts';
import { splitNames, type PreparedDataset, type SplitName } from './manifest.ts';

export interface LabelledPhotoFile {
  /** Relative to the data folder, `/` between folders. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Index into classNames. */
  readonly label: number;
  /** Of the file's bytes. */
  readonly md5: string;
  readonly split: SplitName;
  /** Photos of one group (near duplicates; in a raw folder exact ones only) belong on one side of any division. */
  readonly group: number;
}

export interface LabelledPhotos {
  /** Absolute. */
  readonly directory: string;
  readonly classNames: readonly string[];
  /** Of every split. */
  readonly photos: readonly LabelledPhotoFile[];
  /** Data set version, the same formula for both kinds: md5 over the sorted lines `<md5> <class> <split> <path>`. */
  readonly datasetMd5: string;
  /** Photos by split and class name; splits without photos are left out. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Lists the labelled photos of `directory`: a prepared data set (manifest.json in it), a folder of class folders, or of
 * split folders with class folders in them. Photos of a raw folder without splits are all for training. Throws what
 * openPreparedDataset and scanDataset throw.
 */
export async function listLabelledPhotos(directory: string, signal?: AbortSignal): Promise<LabelledPhotos> {
  const absolute = resolve(directory);
  return existsSync(join(absolute, 'manifest.json')) ? listPrepared(absolute) : listRaw(absolute, signal);
}

async function listPrepared(directory: string): Promise<LabelledPhotos> {
  const dataset: PreparedDataset = await openPreparedDataset(directory);
  try {
    const { manifest, sourceDirectory } = dataset;
    const photos = splitNames.flatMap((split) =>
      dataset.split(split).entries.map(({ path, label, md5, group }) => ({
        name: path,
        path: join(sourceDirectory, path),
        label,
        md5,
        split,
        group,
      })),
    );
    const { classNames, datasetMd5, counts } = manifest;
    return { directory, classNames, photos, datasetMd5, counts };
  } finally {
    dataset.close();
  }
}

async function listRaw(directory: string, signal: AbortSignal | undefined): Promise<LabelledPhotos> {
  const { classNames } = await readDatasetLayout(directory);
  const photos: LabelledPhotoFile[] = [];
  const groups = new Map<string, number>();
  const counts: Record<string, Record<string, number>> = {};
  for await (const { path: name, className, split = 'train' } of scanDataset(directory, { signal })) {
    const path = join(directory, name);
    const md5 = await hashFile('md5', path);
    const group = groups.get(md5) ?? groups.size;
    groups.set(md5, group);
    photos.push({ name, path, label: classNames.indexOf(className), md5, split, group });
    const ofSplit = (counts[split] ??= Object.fromEntries(classNames.map((each) => [each, 0])));
    ofSplit[className] = (ofSplit[className] ?? 0) + 1;
  }
  const lines = photos.map(({ md5, label, split, name }) => `${md5} ${classNames[label] ?? ''} ${split} ${name}\n`);
  return { directory, classNames, photos, datasetMd5: hashBytes('md5', lines.sort().join('')), counts };
}
