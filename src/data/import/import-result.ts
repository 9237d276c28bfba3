// What an import tells when it is done: what the target holds now, what this run did, and what it left out.
import { splitNames } from '../manifest.ts';
import { countSkip } from './file-kinds.ts';
import type { LayoutName } from './layout.ts';
import type { Placer, SharedBytes } from './placement.ts';
import type { ImportPlan } from './plan.ts';
import type { Source } from './source.ts';
import { parseTargetPath } from './target.ts';

export interface ImportResult {
  /** Absolute. */
  readonly directory: string;
  readonly sources: readonly {
    readonly source: string;
    readonly kind: Source['kind'];
    readonly layout: LayoutName;
    readonly recognisedAs: string;
    readonly photos: number;
  }[];
  /** Sorted. */
  readonly classNames: readonly string[];
  /** What the target holds now: photos by split (`all` where there are no splits) and class. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly photos: number;
  readonly bytes: number;
  /** Written by this run. */
  readonly copied: number;
  /** Found in place from an earlier run. */
  readonly alreadyThere: number;
  /** Not written, since the same class holds the same bytes from an earlier source or under the same name. */
  readonly repeated: number;
  /** Given a name with md5 digits, since another photo has theirs. */
  readonly renamed: number;
  /** Removed by `overwrite`. */
  readonly removed: number;
  /** Files that were left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The same bytes under two classes: at least one label is wrong. The first 100. */
  readonly sameBytesAcrossClasses: { readonly count: number; readonly first: readonly SharedBytes[] };
  /** The same bytes in two splits: the test would not be one. The first 100. */
  readonly sameBytesAcrossSplits: { readonly count: number; readonly first: readonly SharedBytes[] };
  readonly notes: readonly string[];
}

/** Kept up to date while photos are written. */
export interface ImportTally {
  /** Every photo in the target afterwards, with its size. */
  readonly inTarget: Map<string, number>;
  copied: number;
  alreadyThere: number;
  repeated: number;
  renamed: number;
  removed: number;
  placer: Placer;
}

const kindWords: Readonly<Record<Source['kind'], string>> = {
  folder: 'a folder',
  zip: 'a zip',
  tar: 'a tar',
  csv: '',
};

/** `a zip with class folders under train/ and test/` */
export function describeKind(source: Source, description: string): string {
  return source.kind === 'csv' ? description : `${kindWords[source.kind]} with ${description}`;
}

const listedAtMost = 100;

/** The result of the plan as it was carried out. */
export function summarise(plan: ImportPlan, tally: ImportTally): Omit<ImportResult, 'directory' | 'classNames'> {
  const counts: Record<string, Record<string, number>> = {};
  let bytes = 0;
  for (const [path, size] of tally.inTarget) {
    const place = parseTargetPath(path);
    if (place === undefined) continue;
    const split = (counts[place.split ?? 'all'] ??= {});
    split[place.label] = (split[place.label] ?? 0) + 1;
    bytes += size;
  }
  const skipped = new Map(plan.skipped);
  if (tally.repeated > 0) countSkip(skipped, 'the same bytes are in that class already', tally.repeated);
  const shared = (list: readonly SharedBytes[]): ImportResult['sameBytesAcrossClasses'] => ({
    count: list.length,
    first: list.slice(0, listedAtMost),
  });
  const order = ['all', ...splitNames].filter((split) => counts[split] !== undefined);
  return {
    sources: plan.sources.map(({ source, layout, description, photos }) => ({
      source: source.name,
      kind: source.kind,
      layout,
      recognisedAs: describeKind(source, description),
      photos: photos.length,
    })),
    counts: Object.fromEntries(order.map((split) => [split, counts[split] ?? {}])),
    photos: tally.inTarget.size,
    bytes,
    copied: tally.copied,
    alreadyThere: tally.alreadyThere,
    repeated: tally.repeated,
    renamed: tally.renamed,
    removed: tally.removed,
    skipped: Object.fromEntries([...skipped].sort(([a], [b]) => (a < b ? -1 : 1))),
    sameBytesAcrossClasses: shared(tally.placer.acrossClasses),
    sameBytesAcrossSplits: shared(tally.placer.acrossSplits),
    notes: plan.notes,
  };
}
