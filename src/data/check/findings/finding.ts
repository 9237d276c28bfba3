// What a finding is: a record that says what is looked for and how bad it is, and a pure function that looks. One
// finding a file; index.ts joins them in a table.
import type { SplitName } from '../../manifest.ts';
import type { DatasetFacts } from '../dataset-facts.ts';
import type { PhotoFacts } from '../photo-facts.ts';

/** error: makes training or scores wrong; warning: worth a look; info: good to know. */
export type Severity = 'error' | 'warning' | 'info';

export interface Threshold {
  readonly value: number;
  /** What the number is and when a photo is flagged, in one line. */
  readonly meaning: string;
}

/** The most that is let pass: so many hits, or such a share of all photos (0–1). */
export interface GateLimit {
  readonly unit: 'count' | 'share';
  readonly limit: number;
}

interface FindingRecord<Id extends string> {
  /** As typed in --threshold and --gate. */
  readonly id: Id;
  readonly severity: Severity;
  /** A few words for tables. */
  readonly title: string;
  /** One line: what it is and why it matters. */
  readonly explanation: string;
  readonly threshold?: Threshold;
  /** Absent: not a gate unless asked for. */
  readonly gate?: GateLimit;
}

export interface PhotoHit {
  /** The number that was compared with the threshold. */
  readonly score?: number;
  readonly detail?: string;
}

/** Seen in one photo alone. `threshold` is 0 where there is none. */
export interface PhotoFinding<Id extends string = string> extends FindingRecord<Id> {
  readonly shows: 'photos';
  readonly judge: (photo: PhotoFacts, threshold: number) => PhotoHit | undefined;
}

export interface RowHit extends PhotoHit {
  readonly row: number;
}

/** Seen in a photo beside all others. */
export interface OutlierFinding<Id extends string = string> extends FindingRecord<Id> {
  readonly shows: 'outliers';
  readonly judge: (dataset: DatasetFacts, threshold: number) => readonly RowHit[];
}

export interface GroupHit extends PhotoHit {
  readonly rows: readonly number[];
}

/** Seen in photos that belong together. */
export interface GroupFinding<Id extends string = string> extends FindingRecord<Id> {
  readonly shows: 'groups';
  readonly judge: (dataset: DatasetFacts, threshold: number) => readonly GroupHit[];
}

export interface ClassHit {
  readonly className: string;
  readonly split?: SplitName;
  readonly score: number;
  readonly detail: string;
}

/** Seen in the numbers of photos. */
export interface ClassFinding<Id extends string = string> extends FindingRecord<Id> {
  readonly shows: 'classes';
  readonly judge: (dataset: DatasetFacts, threshold: number) => readonly ClassHit[];
}

export type Finding<Id extends string = string> =
  PhotoFinding<Id> | OutlierFinding<Id> | GroupFinding<Id> | ClassFinding<Id>;
