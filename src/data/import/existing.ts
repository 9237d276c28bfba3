// What stands in the target before an import, against the plan: nothing, an earlier run of the same import (to go on
// with), or something else that only --merge or --overwrite may touch.
import { join } from 'node:path';
import { PawprintError } from '../../core/index.ts';
import { nameKey } from './names.ts';
import type { ImportPlan } from './plan.ts';
import { md5OfFile, parseTargetPath, targetFolder, type TargetFile } from './target.ts';

/** What may become of other content in the target: refuse it, add to it, or replace it. */
export type ExistingPolicy = 'refuse' | 'merge' | 'overwrite';

/** The files in the target before the import. */
export interface ExistingFiles {
  readonly files: readonly TargetFile[];
  /** By path, case and Unicode composition aside. */
  find(path: string): TargetFile | undefined;
  md5(file: TargetFile): Promise<string>;
}

export function indexExisting(target: string, files: readonly TargetFile[]): ExistingFiles {
  const byKey = new Map(files.map((file) => [nameKey(file.path), file]));
  const digests = new Map<string, Promise<string>>();
  return {
    files,
    find: (path) => byKey.get(nameKey(path)),
    md5: (file) => {
      let digest = digests.get(file.path);
      if (digest === undefined) {
        digest = md5OfFile(join(target, ...file.path.split('/')), file.size);
        digests.set(file.path, digest);
      }
      return digest;
    },
  };
}

/** Throws ALREADY_EXISTS or DATASET_INVALID where the target's content does not go with the plan and the policy. */
export function assertExistingFits(
  target: string,
  existing: ExistingFiles,
  plan: ImportPlan,
  policy: ExistingPolicy,
): void {
  if (existing.files.length === 0) return;
  if (policy === 'refuse') {
    assertSameImport(target, existing, plan);
    return;
  }
  const foreign = existing.files.find((file) => parseTargetPath(file.path) === undefined || file.size < 0);
  if (foreign !== undefined)
    throw new PawprintError('ALREADY_EXISTS', {
      message: `the target ${target} holds more than imported photos: ${foreign.path}`,
      expected: 'only class folders with pictures, if need be under train/, validation/ and test/',
      hint: `--${policy} leaves other people's files alone. Move that file away or choose another folder with --to.`,
    });
  if (policy === 'merge') assertSplitsGoTogether(target, existing, plan);
}

function assertSplitsGoTogether(target: string, existing: ExistingFiles, plan: ImportPlan): void {
  const first = existing.files[0];
  const hasSplits = first !== undefined && parseTargetPath(first.path)?.split !== undefined;
  if (hasSplits === plan.hasSplits) return;
  throw new PawprintError('DATASET_INVALID', {
    message: `${target} ${hasSplits ? 'has splits and the new photos have none' : 'has no splits and the new photos have some'}`,
    expected: 'photos that all belong to a split, or none of them',
    hint: hasSplits ? 'Say where the new photos belong: --split train.' : 'Import into a folder of its own with --to.',
  });
}

/** An earlier run of this very import may have left any part of it, and nothing else. */
function assertSameImport(target: string, existing: ExistingFiles, plan: ImportPlan): void {
  const sizes = new Map<string, Set<number>>();
  for (const { photos } of plan.sources)
    for (const photo of photos) {
      const key = nameKey(`${targetFolder(photo.split, photo.label)}/${photo.name}`);
      const known = sizes.get(key);
      if (known === undefined) sizes.set(key, new Set([photo.size]));
      else known.add(photo.size);
    }
  const other = existing.files.find((file) => {
    const key = nameKey(file.path);
    // `a-1a2b3c4d.jpg`: the name that a second a.jpg got.
    const expected = sizes.get(key) ?? sizes.get(key.replace(/-[0-9a-f]{8,32}(\.[^./]*)$/, '$1'));
    return expected === undefined ? !isCutName(file.path) : !expected.has(file.size);
  });
  if (other === undefined) return;
  throw new PawprintError('ALREADY_EXISTS', {
    message: `the target ${target} holds something else already: ${other.path}`,
    expected: 'an empty folder, or one that an earlier run of the same import has begun',
    received: `${existing.files.length} file(s), ${other.path} (${other.size} bytes) among them`,
    hint: 'Choose another folder with --to, add to what is there with --merge, or replace it with --overwrite.',
  });
}

/** A second name that had to be cut to 255 bytes cannot be traced back to its first. */
function isCutName(path: string): boolean {
  const name = path.replace(/^.*\//s, '');
  return Buffer.byteLength(name) >= 252 && /-[0-9a-f]{8,32}(\.[^./]*)$/.test(name);
}
