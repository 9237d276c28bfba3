// What tests of `data prepare` share: a temporary folder with raw photos in it, targets beside them, and digests of what
// came out.
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Progress } from '../../src/core/index.ts';
import { hashBytes } from '../../src/core/index.ts';
import { prepareDataset, prepareParamsSchema, type PrepareOptions, type PrepareResult } from '../../src/data/index.ts';
import { makePhotoFolder } from './photo-folder.ts';

export interface PrepareWorkshop {
  /** The temporary folder. */
  readonly folder: string;
  /** raw/{cats,dogs}/0000.jpg … */
  readonly raw: string;
  readonly perClass: number;
  /** A path that no test has used. */
  newTarget(): string;
  /** Prepares `raw` to 16 × 16 pixels, with `settings` and `options` on top. */
  prepare(target: string, settings?: object, options?: Partial<PrepareOptions>): Promise<PrepareResult>;
  /** A copy of `raw` to break, with the files' times kept. */
  copyRaw(name: string): Promise<string>;
}

/** Registers hooks that make and remove the folder; its members may be used inside tests. */
export function usePrepareWorkshop(perClass: number): PrepareWorkshop {
  let folder = '';
  let nextTarget = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pawprint-prepare-'));
    await makePhotoFolder(join(folder, 'raw'), ['cats', 'dogs'], perClass);
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const raw = (): string => join(folder, 'raw');
  return {
    get folder() {
      return folder;
    },
    get raw() {
      return raw();
    },
    perClass,
    newTarget: () => join(folder, `prepared-${nextTarget++}`),
    prepare: (target, settings = {}, options = {}) =>
      prepareDataset({
        source: raw(),
        target,
        seed: 7,
        ...options,
        params: prepareParamsSchema.parse({ imageSizePx: 16, ...settings }),
      }),
    copyRaw: async (name) => {
      const copy = join(folder, name);
      await cp(raw(), copy, { recursive: true, preserveTimestamps: true });
      return copy;
    },
  };
}

/** Every file of a folder with the digest of its content. */
export async function digestFolder(directory: string): Promise<Record<string, string>> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const digests = files
    .sort()
    .map(async (path) => [path.slice(directory.length), hashBytes('md5', await readFile(path))] as const);
  return Object.fromEntries(await Promise.all(digests));
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A progress port that calls `onUpdate` with the label and what is done; at the start with 0. */
export function watchProgress(onUpdate: (label: string, done: number) => void): Progress {
  return {
    line: () => undefined,
    start: (label) => {
      onUpdate(label, 0);
      return { update: (done) => onUpdate(label, done), finish: () => undefined };
    },
  };
}
