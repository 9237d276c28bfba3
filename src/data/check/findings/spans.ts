// Over which splits and classes a group of photos is spread.
import type { DatasetFacts } from '../dataset-facts.ts';

type Rows = readonly number[];

export function spansSplits(dataset: DatasetFacts, rows: Rows): boolean {
  return new Set(rows.map((row) => dataset.splitOf(row))).size > 1;
}

export function spansClasses(dataset: DatasetFacts, rows: Rows): boolean {
  return new Set(rows.map((row) => dataset.classOf(row))).size > 1;
}

/** `test and train` */
export function listSplits(dataset: DatasetFacts, rows: Rows): string {
  return [...new Set(rows.map((row) => dataset.splitOf(row) ?? 'no split'))].sort().join(' and ');
}

/** `cats and dogs` */
export function listClasses(dataset: DatasetFacts, rows: Rows): string {
  return [...new Set(rows.map((row) => dataset.classNames[dataset.classOf(row)] ?? ''))].sort().join(' and ');
}
