// Recognises how a source says what is on its pictures: class folders, Kaggle's flat names, Oxford-IIIT Pet names, or
// a CSV. Pure: from paths to labels; nothing is read from disk here.
import { PawprintError } from '../../core/index.ts';
import { splitNames, type SplitName } from '../manifest.ts';
import { countSkip, isIgnoredFolder, type SkipCounts } from './file-kinds.ts';
import { splitOfWord } from './names.ts';
import type { Source, SourceEntry } from './source.ts';

export const layoutNames = ['folders', 'flat', 'oxford', 'csv'] as const;
export type LayoutName = (typeof layoutNames)[number];

/** What one picture of the source is: `index` into the source's entries. */
export interface LabelledEntry {
  readonly index: number;
  readonly label: string;
  readonly split: SplitName | undefined;
}

export interface Recognition {
  readonly layout: LayoutName;
  /** For a reader: `class folders under train/ and test/`. */
  readonly description: string;
  readonly labelled: readonly LabelledEntry[];
  readonly skipped: SkipCounts;
  /** Class folders without a picture, as paths inside the source. */
  readonly emptyClassFolders: readonly string[];
}

/** A picture seen from below the folders that all pictures share: `train/cats/extra/1.jpg`. */
interface Place {
  readonly index: number;
  readonly split: SplitName | undefined;
  /** Folders below the split: ['cats', 'extra']. */
  readonly folders: readonly string[];
  readonly name: string;
}

/** Kaggle: `cat.0.jpg`. */
const flatName = /^([^.\d][^.]*)\.\d+\.[^.]+$/;
/** Oxford-IIIT Pet: `Abyssinian_12.jpg`, `great_pyrenees_101.jpg`. */
const oxfordName = /^([A-Za-z][A-Za-z_]*)_\d+\.[^.]+$/;

/** Labels the pictures of `source`. Throws DATASET_INVALID when nothing, or not the layout asked for, is found. */
export function recogniseLayout(source: Source, wanted: LayoutName | undefined): Recognition {
  if (source.kind === 'csv') return readCsvLabels(source);
  if (wanted === 'csv') throw notThisLayout(source, 'csv', 'it is no CSV');
  const places = findPlaces(source.entries);
  const layout = wanted ?? chooseLayout(places);
  if (layout === undefined) throw unrecognised(source, places);
  switch (layout) {
    case 'folders':
      return labelByFolder(source, places);
    case 'flat':
      return labelByName(source, places, { layout, pattern: flatName, labelOf: flatLabel });
    case 'oxford':
      return labelByName(source, withoutAnnotations(places), { layout, pattern: oxfordName, labelOf: oxfordLabel });
  }
}

/** Where each picture lies, below the wrapping folders that say nothing (`PetImages/`, `dataset-v2/images/`). */
function findPlaces(entries: readonly SourceEntry[]): Place[] {
  const paths = entries.map((entry) => entry.path.split('/'));
  const shared = sharedFolders(paths);
  // A lone train/ around everything is still the split that was given.
  const innermost = shared.at(-1);
  const lone = innermost === undefined ? undefined : splitOfWord(innermost);
  return paths.map((parts, index): Place => {
    const folders = parts.slice(shared.length, -1);
    const name = parts.at(-1) ?? '';
    const split = lone ?? (folders[0] === undefined ? undefined : splitOfWord(folders[0]));
    return { index, split, folders: split !== undefined && lone === undefined ? folders.slice(1) : folders, name };
  });
}

function sharedFolders(paths: readonly (readonly string[])[]): readonly string[] {
  const [first, ...others] = paths;
  let shared = (first ?? []).slice(0, -1);
  for (const parts of others) {
    let at = 0;
    while (at < shared.length && at < parts.length - 1 && shared[at] === parts[at]) at += 1;
    shared = shared.slice(0, at);
  }
  return shared;
}

function chooseLayout(places: readonly Place[]): Exclude<LayoutName, 'csv'> | undefined {
  const loose = places.filter((place) => place.folders.length === 0);
  const oxfordPlaces = withoutAnnotations(places);
  if (oxfordPlaces.length < places.length && mostMatch(oxfordPlaces, oxfordName)) return 'oxford';
  // Stray pictures beside the class folders do not make them flat; folders beside flat names (test1/) do not undo them.
  if (loose.length < places.length / 2) return 'folders';
  if (mostMatch(loose, flatName)) return 'flat';
  if (mostMatch(loose, oxfordName)) return 'oxford';
  return undefined;
}

function mostMatch(places: readonly Place[], pattern: RegExp): boolean {
  const matching = places.filter((place) => pattern.test(place.name)).length;
  return matching > 0 && matching >= places.length / 2;
}

/** Oxford's whole tree holds masks named like the photos in annotations/, beside images/. */
function withoutAnnotations(places: readonly Place[]): readonly Place[] {
  if (!places.some((place) => place.folders[0] === 'images')) return places;
  return places
    .filter((place) => place.folders[0] !== 'annotations')
    .map((place) => (place.folders[0] === 'images' ? { ...place, folders: place.folders.slice(1) } : place));
}

function labelByFolder(source: Source, places: readonly Place[]): Recognition {
  const skipped: SkipCounts = new Map();
  const labelled: LabelledEntry[] = [];
  for (const { index, split, folders } of places) {
    const label = folders[0];
    if (label === undefined) countSkip(skipped, 'outside the class folders');
    else labelled.push({ index, label, split });
  }
  if (labelled.length === 0) throw notThisLayout(source, 'folders', 'no picture lies in a class folder');
  assertAllOrNoSplits(source, labelled);
  const splits = splitsOf(labelled);
  const where = splits.length === 0 ? '' : ` under ${joinWords(splits.map((split) => `${split}/`))}`;
  return {
    layout: 'folders',
    description: `class folders${where}`,
    labelled,
    skipped,
    emptyClassFolders: findEmptyClassFolders(source, places),
  };
}

function labelByName(
  source: Source,
  places: readonly Place[],
  how: { readonly layout: 'flat' | 'oxford'; readonly pattern: RegExp; readonly labelOf: (word: string) => string },
): Recognition {
  const skipped: SkipCounts = new Map();
  const left = source.entries.length - places.length;
  if (left > 0) countSkip(skipped, 'a mask of annotations/', left);
  const matched: LabelledEntry[] = [];
  for (const { index, split, folders, name } of places) {
    const word = how.pattern.exec(name)?.[1];
    if (word === undefined || folders.length > 0) countSkip(skipped, 'no class in the name');
    else matched.push({ index, label: how.labelOf(word), split });
  }
  const names = how.layout === 'flat' ? 'names like cat.0.jpg' : 'Oxford-IIIT Pet names like Abyssinian_12.jpg';
  if (matched.length === 0) throw notThisLayout(source, how.layout, `no picture has ${names}`);
  // Kaggle's train/ is the part with labels, not one side of a split: alone, it would leave nothing to test on.
  const isOneSplit = splitsOf(matched).length < 2;
  const labelled = isOneSplit ? matched.map((entry) => ({ ...entry, split: undefined })) : matched;
  assertAllOrNoSplits(source, labelled);
  // `cats/cat.0.jpg` beside an empty `dogs/` looks flat, and is not.
  const isOneClass = new Set(labelled.map((entry) => entry.label)).size === 1;
  const emptyClassFolders = isOneClass ? foldersBesidePictures(source) : [];
  return { layout: how.layout, description: `flat ${names}`, labelled, skipped, emptyClassFolders };
}

/** Kaggle's words are of one animal, a class is of many: `cat.0.jpg` belongs to cats, like Oxford's. */
function flatLabel(word: string): string {
  const plural: Readonly<Record<string, string>> = { cat: 'cats', dog: 'dogs' };
  return plural[word.toLowerCase()] ?? word;
}

/** The rule of the data set's authors: capitalised breeds are cats, the others dogs. */
function oxfordLabel(breed: string): string {
  return /^[A-Z]/.test(breed) ? 'cats' : 'dogs';
}

function readCsvLabels(source: Source): Recognition {
  const labelled = source.entries.map((entry, index): LabelledEntry => ({
    index,
    label: entry.label ?? '',
    split: entry.split,
  }));
  assertAllOrNoSplits(source, labelled);
  const withSplit = splitsOf(labelled).length === 0 ? '' : ',split';
  return {
    layout: 'csv',
    description: `a CSV of path,label${withSplit}`,
    labelled,
    skipped: new Map(),
    emptyClassFolders: [],
  };
}

/** The splits in use, in their usual order. */
export function splitsOf(labelled: readonly { readonly split: SplitName | undefined }[]): SplitName[] {
  const used = new Set(labelled.map((entry) => entry.split));
  return splitNames.filter((split) => used.has(split));
}

/** Folders on the level of the class folders that hold no picture anywhere below. */
function findEmptyClassFolders(source: Source, places: readonly Place[]): string[] {
  const parents = new Set<string>();
  const filled = new Set<string>();
  for (const { index, folders } of places) {
    const parts = source.entries[index]?.path.split('/') ?? [];
    for (let depth = 1; depth < parts.length; depth++) filled.add(parts.slice(0, depth).join('/'));
    if (folders.length > 0) parents.add(parts.slice(0, parts.length - 1 - folders.length).join('/'));
  }
  return emptyChildren(source, parents, filled);
}

function emptyChildren(source: Source, parents: ReadonlySet<string>, filled: ReadonlySet<string>): string[] {
  return [...source.folders].sort().filter((folder) => {
    const cut = folder.lastIndexOf('/');
    const name = folder.slice(cut + 1);
    const isClassLevel = parents.has(cut < 0 ? '' : folder.slice(0, cut));
    return (
      isClassLevel && !filled.has(folder) && !folder.split('/').some(isIgnoredFolder) && splitOfWord(name) === undefined
    );
  });
}

function assertAllOrNoSplits(source: Source, labelled: readonly LabelledEntry[]): void {
  const without = labelled.find((entry) => entry.split === undefined);
  const withSplit = labelled.find((entry) => entry.split !== undefined);
  if (without === undefined || withSplit === undefined) return;
  const pathOf = (entry: LabelledEntry): string => source.entries[entry.index]?.path ?? '';
  throw new PawprintError('DATASET_INVALID', {
    message: `${source.name}: some photos belong to a split and some do not`,
    expected: 'every photo under train/, validation/ or test/, or none',
    received: `${pathOf(withSplit)} (${withSplit.split ?? ''}) and ${pathOf(without)} (no split)`,
    hint: 'Move the photos, or import the parts one by one, those without a split with --split train.',
  });
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function notThisLayout(source: Source, layout: LayoutName, why: string): PawprintError {
  return new PawprintError('DATASET_INVALID', {
    message: `${source.name} does not have the layout "${layout}": ${why}`,
    hint: 'Leave --layout away to have the layout recognised, or give another one.',
  });
}

function unrecognised(source: Source, places: readonly Place[]): PawprintError {
  const empty = foldersBesidePictures(source);
  const names = [...new Set(places.map((place) => place.name))].slice(0, 3).join(', ');
  return new PawprintError('DATASET_INVALID', {
    message:
      empty.length > 0
        ? `${source.name}: the class folder ${empty.join(', ')} holds no picture, so only one class is left`
        : `${source.name}: nothing says what is on the pictures; they lie in one folder, or have names without a class`,
    expected:
      'two or more class folders (cats/ dogs/), names like cat.0.jpg or Abyssinian_12.jpg, or a CSV of path,label',
    received: `${places.length} picture(s) such as ${names}`,
    hint: 'Sort the photos into one folder per class and give the folder above them.',
  });
}

/** Folders without a picture that lie beside a folder that has some. */
function foldersBesidePictures(source: Source): string[] {
  const above = new Set<string>(['']);
  for (const entry of source.entries) {
    const parts = entry.path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) above.add(parts.slice(0, depth).join('/'));
  }
  return emptyChildren(source, above, above);
}

/** A word on pictures that could not be used at all, for a source that has none. */
export function noPictures(source: Source): PawprintError {
  const skipped = [...source.skipped].map(([reason, count]) => `${count} × ${reason}`).join(', ');
  const inner = [...source.skipped.keys()].some((reason) => /\((\.zip|\.tar|\.gz|\.tgz|\.7z)\)/.test(reason));
  return new PawprintError('DATASET_INVALID', {
    message: `${source.name} holds no picture`,
    expected: 'files that end in .jpg, .jpeg, .png, .webp, .gif, .bmp, .tif, .avif or .heic',
    received: skipped === '' ? 'nothing at all' : skipped,
    hint: inner
      ? 'There is an archive inside: unpack the outer one and import the inner one.'
      : 'Give the folder that holds the class folders.',
  });
}
