// Decides, photo by photo and always in the same order, the name each gets in the target: its own, one with the first
// digits of its md5 where the name is taken by other bytes, or none because it is there already.
import { PawprintError } from '../../core/index.ts';
import type { ExistingFiles, ExistingPolicy } from './existing.ts';
import { nameKey, suffixedName } from './names.ts';
import type { PlannedPhoto } from './plan.ts';
import { parseTargetPath, targetFolder } from './target.ts';

/** `repeated`: these bytes are in the class already, `name` says where. */
export type Placement =
  | { readonly kind: 'write'; readonly path: string; readonly renamed: boolean }
  | { readonly kind: 'present'; readonly path: string; readonly renamed: boolean }
  | { readonly kind: 'repeated'; readonly path: string };

/** The same bytes under two classes, or in two splits. */
export interface SharedBytes {
  readonly md5: string;
  readonly paths: readonly [string, string];
}

export interface Placer {
  /** Must be called in the order of the plan, one call at a time. */
  place(photo: PlannedPhoto, md5: string): Promise<Placement>;
  readonly acrossClasses: readonly SharedBytes[];
  readonly acrossSplits: readonly SharedBytes[];
}

interface Known {
  readonly path: string;
  readonly label: string;
  readonly sourceIndex: number;
}

export function createPlacer(options: {
  readonly existing: ExistingFiles;
  readonly policy: ExistingPolicy;
  /** Paths, as `nameKey`s, that photos of this import have by their own names. */
  readonly ownPaths: ReadonlySet<string>;
}): Placer {
  const { existing, policy, ownPaths } = options;
  const taken = new Map<string, { readonly md5: string; readonly path: string }>();
  const byContent = new Map<string, Known>();
  const inFolder = new Map<string, Known>();
  const acrossClasses: SharedBytes[] = [];
  const acrossSplits: SharedBytes[] = [];
  const othersBySize = policy === 'merge' ? groupOthers(existing, ownPaths) : new Map<string, string[]>();

  /** Photos of an earlier source, or merged into, with the same bytes in the same folder. */
  const findElsewhere = async (photo: PlannedPhoto, md5: string, folder: string): Promise<string | undefined> => {
    const known = inFolder.get(`${folder}/${md5}`);
    if (known !== undefined && known.sourceIndex !== photo.sourceIndex) return known.path;
    for (const path of othersBySize.get(`${folder}/${photo.size}`) ?? []) {
      const file = existing.find(path);
      if (file !== undefined && (await existing.md5(file)) === md5) return path;
    }
    return undefined;
  };

  const placeByName = async (photo: PlannedPhoto, md5: string, folder: string): Promise<Placement> => {
    for (const digits of [0, 8, 16, 32]) {
      const name = digits === 0 ? photo.name : suffixedName(photo.name, md5.slice(0, digits));
      const path = `${folder}/${name}`;
      const own = taken.get(nameKey(path));
      if (own?.md5 === md5) return { kind: 'repeated', path: own.path };
      if (own !== undefined) continue;
      const file = existing.find(path);
      const same = file?.size === photo.size && (await existing.md5(file)) === md5;
      if (file !== undefined && !same && policy === 'merge') continue;
      if (file !== undefined && !same && policy === 'refuse') throw otherBytes(path);
      taken.set(nameKey(path), { md5, path });
      return { kind: same ? 'present' : 'write', path: same ? file.path : path, renamed: digits > 0 };
    }
    throw new Error(`no name was free for ${folder}/${photo.name}`);
  };

  const remember = (photo: PlannedPhoto, md5: string, path: string): void => {
    const known = byContent.get(md5);
    const entry: Known = { path, label: photo.label, sourceIndex: photo.sourceIndex };
    if (known === undefined) byContent.set(md5, entry);
    else if (known.label !== photo.label) acrossClasses.push({ md5, paths: [known.path, path] });
    else if (known.path.split('/')[0] !== path.split('/')[0]) acrossSplits.push({ md5, paths: [known.path, path] });
    const key = `${targetFolder(photo.split, photo.label)}/${md5}`;
    if (!inFolder.has(key)) inFolder.set(key, entry);
  };

  return {
    acrossClasses,
    acrossSplits,
    place: async (photo, md5) => {
      const folder = targetFolder(photo.split, photo.label);
      const elsewhere = await findElsewhere(photo, md5, folder);
      if (elsewhere !== undefined) return { kind: 'repeated', path: elsewhere };
      const placement = await placeByName(photo, md5, folder);
      remember(photo, md5, placement.path);
      return placement;
    },
  };
}

/** What the target held before and this import does not bring itself, by folder and size. */
function groupOthers(existing: ExistingFiles, ownPaths: ReadonlySet<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const file of existing.files) {
    const place = parseTargetPath(file.path);
    if (place === undefined || ownPaths.has(nameKey(file.path))) continue;
    const key = `${targetFolder(place.split, place.label)}/${file.size}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file.path]);
    else group.push(file.path);
  }
  return groups;
}

function otherBytes(path: string): PawprintError {
  return new PawprintError('ALREADY_EXISTS', {
    message: `the target holds another file under the name ${path}`,
    expected: 'an empty folder, or one that an earlier run of the same import has begun',
    hint: 'Add to what is there with --merge, or replace it with --overwrite.',
  });
}
