// The photos of the raw folder as a table, with class, size and time of each. Nothing of a photo is read but its first
// bytes, and those only where its name does not say what it is.
import { PawprintError, type Progress } from '../../core/index.ts';
import { compareCodePoints, scanDataset } from '../scan.ts';
import { PhotoTable, PhotoTableBuilder } from './photo-table.ts';

export interface PhotoListing {
  /** Absolute. */
  readonly sourceDirectory: string;
  readonly photos: PhotoTable;
  /** Sorted; a label is a place in it. */
  readonly classNames: readonly string[];
}

const progressStep = 1000;
/** Labels are bytes. */
const classLimit = 256;

/**
 * Lists `sourceDirectory`. Throws as scanDataset does (no folder, fewer than two classes, an empty class, CANCELLED),
 * and DATASET_INVALID for more than 256 classes.
 */
export async function listPhotos(
  sourceDirectory: string,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<PhotoListing> {
  const task = progress.start('listing', undefined, 'photos');
  const builder = new PhotoTableBuilder();
  // Labels in the order of first sight at first: the order of names is known only at the end.
  const seen = new Map<string, number>();
  for await (const { path, className, split, size: sizeBytes, mtimeMs } of scanDataset(sourceDirectory, { signal })) {
    const label = seen.get(className) ?? seen.size;
    seen.set(className, label);
    builder.add({ path, label, split, sizeBytes, mtimeMs });
    if (builder.count % progressStep === 0) task.update(builder.count);
  }
  task.finish();
  const classNames = [...seen.keys()].sort(compareCodePoints);
  if (classNames.length > classLimit)
    throw new PawprintError('DATASET_INVALID', {
      message: `${sourceDirectory} has too many classes`,
      expected: `at most ${classLimit} class folders`,
      received: `${classNames.length}: ${classNames.slice(0, 5).join(', ')}, …`,
    });
  builder.relabel([...seen.keys()].map((className) => classNames.indexOf(className)));
  return { sourceDirectory, photos: new PhotoTable(builder), classNames };
}
