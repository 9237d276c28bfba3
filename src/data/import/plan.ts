// Joins what the sources say into one plan: which photo goes under which split and class. Refuses what could not be
// trained on (one class, an empty class, two spellings of one class) before anything is written.
import { PawprintError } from '../../core/index.ts';
import type { SplitName } from '../manifest.ts';
import { countSkip, type SkipCounts } from './file-kinds.ts';
import { noPictures, recogniseLayout, splitsOf, type LayoutName, type Recognition } from './layout.ts';
import { assertClassName, nameKey } from './names.ts';
import type { Source } from './source.ts';

export interface PlanOptions {
  readonly layout: LayoutName | undefined;
  /** From a class's name in the source to its name in the target. */
  readonly rename: Readonly<Record<string, string>>;
  /** Whether `rename` may name classes that no source has. */
  readonly renameIsOptional: boolean;
  /** Take these classes only; empty: all. */
  readonly only: readonly string[];
  /** For sources that have no splits of their own. */
  readonly split: SplitName | undefined;
}

/** One photo to import. */
export interface PlannedPhoto {
  readonly sourceIndex: number;
  readonly entryIndex: number;
  readonly label: string;
  readonly split: SplitName | undefined;
  /** The file's own name. */
  readonly name: string;
  readonly size: number;
}

/** What was recognised in a source, for the reader. */
export interface PlannedSource {
  readonly source: Source;
  readonly layout: LayoutName;
  readonly description: string;
  /** In the order of the source's entries. */
  readonly photos: readonly PlannedPhoto[];
}

export interface ImportPlan {
  readonly sources: readonly PlannedSource[];
  /** Sorted. */
  readonly classNames: readonly string[];
  readonly hasSplits: boolean;
  readonly photoCount: number;
  readonly skipped: SkipCounts;
  readonly notes: readonly string[];
}

/** Throws DATASET_INVALID for what cannot be trained on, USAGE for a --rename or --only of a class that is not there. */
export function planImport(sources: readonly Source[], options: PlanOptions): ImportPlan {
  const skipped: SkipCounts = new Map();
  const originalNames = new Set<string>();
  const planned = sources.map((source, sourceIndex): PlannedSource => {
    for (const [reason, count] of source.skipped) countSkip(skipped, reason, count);
    if (source.entries.length === 0) throw noPictures(source);
    const recognition = recogniseLayout(source, options.layout);
    for (const [reason, count] of recognition.skipped) countSkip(skipped, reason, count);
    for (const entry of recognition.labelled) originalNames.add(entry.label);
    assertNoEmptyClass(source, recognition, options);
    const photos = planPhotos({ source, sourceIndex, recognition, options, skipped });
    return { source, layout: recognition.layout, description: recognition.description, photos };
  });
  const photos = planned.flatMap((source) => source.photos);
  const classNames = [...new Set(photos.map((photo) => photo.label))].sort();
  assertKnownClasses(options, originalNames, classNames);
  assertSplitsAgree(planned);
  return {
    sources: planned,
    classNames,
    hasSplits: photos[0]?.split !== undefined,
    photoCount: photos.length,
    skipped,
    notes: [
      ...sources.flatMap((source) => source.notes.map((note) => `${source.name}: ${note}`)),
      ...missingClasses(photos),
    ],
  };
}

function planPhotos(what: {
  readonly source: Source;
  readonly sourceIndex: number;
  readonly recognition: Recognition;
  readonly options: PlanOptions;
  readonly skipped: SkipCounts;
}): PlannedPhoto[] {
  const { source, sourceIndex, recognition, options, skipped } = what;
  const photos: PlannedPhoto[] = [];
  for (const { index, label: original, split } of recognition.labelled) {
    const entry = source.entries[index];
    if (entry === undefined) throw new Error('a layout labelled an entry that is not there');
    const label = renamed(original, options.rename);
    if (options.only.length > 0 && !options.only.includes(label)) {
      countSkip(skipped, 'another class than asked for');
      continue;
    }
    const name = entry.path.replace(/^.*[/\\]/s, '');
    photos.push({ sourceIndex, entryIndex: index, label, split: split ?? options.split, name, size: entry.size });
  }
  for (const label of new Set(photos.map((photo) => photo.label))) assertClassName(label, source.name);
  return photos;
}

function renamed(label: string, rename: PlanOptions['rename']): string {
  return Object.hasOwn(rename, label) ? (rename[label] ?? label) : label;
}

function assertNoEmptyClass(source: Source, recognition: Recognition, options: PlanOptions): void {
  const empty = recognition.emptyClassFolders.filter((folder) => {
    const label = renamed(folder.replace(/^.*\//s, ''), options.rename);
    return options.only.length === 0 || options.only.includes(label);
  });
  if (empty.length === 0) return;
  const names = [...new Set(recognition.labelled.map((entry) => entry.label))].sort();
  throw new PawprintError('DATASET_INVALID', {
    message: `${source.name}: the class folder ${empty.map((folder) => `${folder}/`).join(', ')} holds no picture`,
    expected: 'at least one picture in every class folder',
    received: `pictures in ${names.join(', ')} only`,
    hint: `Put photos into it, remove it, or say which classes to take: ${names.map((name) => `--only ${name}`).join(' ')}.`,
  });
}

function assertKnownClasses(
  options: PlanOptions,
  originalNames: ReadonlySet<string>,
  classNames: readonly string[],
): void {
  const demanded = options.renameIsOptional ? [] : Object.keys(options.rename);
  const unknownRename = demanded.find((name) => !originalNames.has(name));
  const unknownOnly = options.only.find((name) => !classNames.includes(name));
  const unknown = unknownRename ?? unknownOnly;
  if (unknown === undefined) return;
  throw new PawprintError('USAGE', {
    message: `${unknownRename === undefined ? '--only' : '--rename'} names the class "${unknown}", which no source has`,
    expected: `one of ${[...originalNames].sort().join(', ')}`,
    received: unknown,
    hint: 'Classes are named as their folders are, upper and lower case included.',
  });
}

function assertSplitsAgree(planned: readonly PlannedSource[]): void {
  const withSplits = planned.find((source) => source.photos.some((photo) => photo.split !== undefined));
  const without = planned.find((source) => source.photos.some((photo) => photo.split === undefined));
  if (withSplits === undefined || without === undefined) return;
  throw new PawprintError('DATASET_INVALID', {
    message: `${withSplits.source.name} has splits and ${without.source.name} has none`,
    expected: 'sources that all have train/ and test/ folders, or none',
    hint: 'Say where photos without a split belong: --split train.',
  });
}

/** A class that one split lacks makes scores on that split meaningless; said, not refused: more may be imported later. */
function missingClasses(photos: readonly PlannedPhoto[]): string[] {
  const labels = new Set(photos.map((photo) => photo.label));
  return splitsOf(photos).flatMap((split) => {
    const here = new Set(photos.filter((photo) => photo.split === split).map((photo) => photo.label));
    const lacking = [...labels].filter((label) => !here.has(label)).sort();
    return lacking.length === 0 ? [] : [`the split ${split} has no photo of ${lacking.join(', ')}`];
  });
}

/**
 * Throws DATASET_INVALID unless there are two classes or more whose names could not be spellings of one
 * (`Cat` and `cats`). A class that --rename names was meant as it is.
 */
export function assertClassesFit(classNames: readonly string[], meant: readonly string[]): void {
  if (classNames.length < 2)
    throw new PawprintError('DATASET_INVALID', {
      message: `there is one class only: ${classNames.join('')}`,
      expected: 'photos of two classes or more',
      hint: 'Give a source of the other class too, or the folder above both class folders.',
    });
  const seen = new Map<string, string>();
  for (const name of classNames) {
    const exact = nameKey(name);
    const loose = exact.replace(/s$/, '');
    const other = seen.get(loose);
    if (other !== undefined && !(meant.includes(name) && meant.includes(other) && nameKey(other) !== exact))
      throw new PawprintError('DATASET_INVALID', {
        message: `the classes "${other}" and "${name}" look like one class spelled twice`,
        expected: 'one name for each class',
        hint: `Give both one name: --rename "${other}=${name}". If they do differ: --rename "${other}=${other}" --rename "${name}=${name}".`,
      });
    seen.set(loose, name);
  }
}
