// What is known of the data set as a whole once every photo has been read: the material of findings about groups of
// photos and about classes.
import type { SplitName } from '../manifest.ts';

export interface LookAlikes {
  /** Rows, rising; two or more, of at least two different contents. */
  readonly rows: readonly number[];
  /** The lowest similarity by which a photo came into the group, 0–1. */
  readonly similarity: number;
}

/** Photos are rows 0 … count − 1, in the order of their paths. */
export interface DatasetFacts {
  readonly count: number;
  readonly classNames: readonly string[];
  /** Place in classNames. */
  readonly classOf: (row: number) => number;
  readonly splitOf: (row: number) => SplitName | undefined;
  /** Side of a square as large as the photo, pixels; 0 where it is not known. */
  readonly sidePx: (row: number) => number;
  /** Rows of byte-equal files, two and more each. */
  readonly exactGroups: readonly (readonly number[])[];
  readonly nearGroups: readonly LookAlikes[];
}
