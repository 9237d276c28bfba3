// What a source is to the rest of the import: a list of pictures, then their contents one by one. Folder, zip, tar
// and CSV each make one of these; layouts and writing do not know which.
import type { SplitName } from '../manifest.ts';
import type { SkipCounts } from './file-kinds.ts';

export type SourceKind = 'folder' | 'zip' | 'tar' | 'csv';

/** One picture of a source. */
export interface SourceEntry {
  /** Inside the source, `/` between folders. */
  readonly path: string;
  /** Bytes, as the source states them. */
  readonly size: number;
  /** Only where the source says so itself (CSV); elsewhere the layout gives them. */
  readonly label?: string;
  readonly split?: SplitName;
}

/** Where a picture's bytes are: a file to copy, or bytes out of an archive. */
export type EntryContent =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'bytes'; readonly bytes: Buffer };

export interface Source {
  /** As the user gave it. */
  readonly name: string;
  readonly kind: SourceKind;
  readonly entries: readonly SourceEntry[];
  /** Every folder inside, `/` between parts, empty ones included; '' is not listed. */
  readonly folders: ReadonlySet<string>;
  readonly skipped: SkipCounts;
  /** Words worth telling (an archive without an end mark, …). */
  readonly notes: readonly string[];
  /** Contents of the entries whose index is in `wanted`, in any order that suits the source, each once. */
  contents(
    wanted: ReadonlySet<number>,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly index: number; readonly content: EntryContent }>;
}

/** Order of paths that does not depend on the machine's language. */
export function comparePaths(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
