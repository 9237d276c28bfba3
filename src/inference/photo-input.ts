// What a prediction starts from: a file, or bytes that are already here (standard input, an upload); and the walk that
// turns the paths a person typed into files, in an order that does not change.
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { asPawprintError, PawprintError } from '../core/index.ts';

/** One photo to look at. `name` is what results call it. */
export type PhotoInput =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly bytes: Uint8Array }
  /** Could not even be found: passed through, so that it is reported in its place. */
  | { readonly name: string; readonly error: PawprintError };

/** File name endings taken for pictures when a folder is walked (a file named by hand is always taken). */
export const photoExtensions: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif png webp gif bmp tif tiff avif heic heif'.split(' ').map((extension) => `.${extension}`),
);

/** Whether a folder walk takes this file: a picture's ending, and not hidden. */
export function looksLikePhoto(fileName: string): boolean {
  return !fileName.startsWith('.') && photoExtensions.has(extname(fileName).toLowerCase());
}

/**
 * The pictures under `folder`, each as `folder/…`, files and folders of a level sorted by name. Links are followed, a
 * folder never twice; hidden files and folders and `__MACOSX` are left out. Throws when a folder cannot be read.
 */
export async function* walkPhotos(folder: string, visited = new Set<string>()): AsyncGenerator<string> {
  const identity = await realpath(folder).catch((error: unknown) => {
    throw asPawprintError(error, `reading ${folder}`);
  });
  if (visited.has(identity)) return;
  visited.add(identity);
  for (const { name, kind } of await listFolder(folder)) {
    const path = join(folder, name);
    if (kind === 'folder') yield* walkPhotos(path, visited);
    else if (looksLikePhoto(name)) yield path;
  }
}

/** A folder's visible entries, sorted by name (by code unit: the same on every machine), links resolved. */
export async function listFolder(
  folder: string,
): Promise<{ readonly name: string; readonly kind: 'file' | 'folder' }[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const visible = entries.filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX');
    visible.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const kinds = visible.map(async (entry) => {
      if (!entry.isSymbolicLink()) return { name: entry.name, kind: entry.isDirectory() ? 'folder' : 'file' } as const;
      // A link that leads nowhere stays a file, so that reading it says what is wrong.
      const target = await stat(join(folder, entry.name)).catch(() => null);
      return { name: entry.name, kind: target?.isDirectory() === true ? 'folder' : 'file' } as const;
    });
    return await Promise.all(kinds);
  } catch (error) {
    throw asPawprintError(error, `reading ${folder}`);
  }
}

/**
 * The photos of paths as typed: a file is itself, a folder every picture in it. A path that does not exist, or a folder
 * without pictures, is an input with an error, in its place. Never throws for a bad path; holds one folder's names at
 * a time.
 */
export async function* listPhotoInputs(
  paths: readonly string[],
  resolve: (path: string) => string,
): AsyncGenerator<PhotoInput> {
  for (const name of paths) {
    const path = resolve(name);
    let found = 0;
    try {
      if (!(await stat(path)).isDirectory()) {
        yield { name, path };
        continue;
      }
      // Names keep the form in which the folder was typed, so that results can be matched with the command.
      for await (const photo of walkPhotos(path)) {
        found++;
        yield { name: join(name, photo.slice(path.length + 1)), path: photo };
      }
    } catch (error) {
      yield { name, error: asPhotoError(error, name) };
      continue;
    }
    if (found === 0)
      yield {
        name,
        error: new PawprintError('DATASET_INVALID', {
          message: `there are no pictures in ${name}`,
          expected: [...photoExtensions].join(' '),
          hint: 'Name the files themselves if they have other endings.',
        }),
      };
  }
}

/** Any failure of one photo as the house error, so that it can stand in that photo's place. */
export function asPhotoError(error: unknown, name: string): PawprintError {
  const known = asPawprintError(error, `reading ${name}`);
  if (known instanceof PawprintError) return known;
  const reason = known instanceof Error ? known.message : String(known);
  return new PawprintError('IMAGE_UNREADABLE', {
    message: `${name} cannot be read: ${reason}`,
    hint: 'Check that it is a picture file.',
    cause: error,
  });
}
