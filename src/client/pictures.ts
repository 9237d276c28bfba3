// The pictures that a service is asked about: those in the box, or <folder>/<class>/* of the user's own.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asPawprintError, PawprintError } from '../core/index.ts';

export interface Picture {
  /** `class/file`. */
  readonly name: string;
  /** The folder's name; the service may call the class otherwise (cat, cats). */
  readonly className: string;
  readonly bytes: Buffer;
}

export interface PictureSet {
  readonly pictures: readonly Picture[];
  /** Those in the box: cats and dogs, which the models in the box get right. */
  readonly inTheBox: boolean;
}

const picturePattern = /^[^.].*\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|avif|heic|heif)$/i;

/** Where the pictures in the box lie: assets/pictures/<class>/ (NOTICE says whose they are). */
export function boxPicturesPath(): string {
  return fileURLToPath(new URL('../../assets/pictures', import.meta.url));
}

/**
 * The first `perClass` pictures of each class by name; of the box where `folder` is undefined. Throws FILE_NOT_FOUND and
 * the like, DATASET_INVALID when there is none.
 */
export async function readPictures(folder: string | undefined, perClass: number): Promise<PictureSet> {
  const root = folder ?? boxPicturesPath();
  const pictures: Picture[] = [];
  for (const className of await listNames(root, 'folders'))
    for (const file of (await listNames(join(root, className), 'pictures')).slice(0, perClass))
      pictures.push({ name: `${className}/${file}`, className, bytes: await readPicture(join(root, className, file)) });
  if (pictures.length === 0)
    throw new PawprintError('DATASET_INVALID', {
      message: `there are no pictures in the folders of ${root}`,
      expected: `${basename(root)}/<class>/photo.jpg, a folder for each class`,
      received: 'none',
      hint: 'Put a few photos of each class in a folder named after it.',
    });
  return { pictures, inTheBox: folder === undefined };
}

async function listNames(folder: string, what: 'folders' | 'pictures'): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw asPawprintError(error, `reading ${folder}`);
  });
  const wanted = entries.filter((entry) =>
    what === 'pictures'
      ? !entry.isDirectory() && picturePattern.test(entry.name)
      : !entry.isFile() && /^[^.]/.test(entry.name) && entry.name !== '__MACOSX',
  );
  // By code unit: the same order on every machine.
  return wanted.map(({ name }) => name).sort();
}

async function readPicture(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw asPawprintError(error, `reading ${path}`);
  });
}
