// The result of a search as a table of texts: what the terminal, results.csv and the page show.
import type { SearchResult } from './search.ts';
import type { TrialRecord } from './trial-record.ts';

export interface ResultTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** `names` by their last part where it tells them apart: train.lr → lr. */
export function shortNames(names: readonly string[]): string[] {
  const last = (name: string): string => name.split('.').at(-1) ?? name;
  return names.map((name) => (names.filter((other) => last(other) === last(name)).length > 1 ? name : last(name)));
}

/** One row a trial, best first; a failed trial has no rank and no scores. */
export function resultTable({ ranked, names, rungs }: Pick<SearchResult, 'ranked' | 'names' | 'rungs'>): ResultTable {
  const halving = rungs.length > 1;
  const row = (record: TrialRecord, i: number): string[] => [
    record.status === 'done' ? String(i + 1) : '-',
    String(record.trial),
    ...(halving ? [String(record.rung)] : []),
    String(record.epochs),
    record.logLoss?.toFixed(4) ?? 'failed',
    record.accuracy === null ? '-' : `${(100 * record.accuracy).toFixed(2)} %`,
    ...names.map((name) => showValue(record.values[name])),
    record.seconds.toFixed(1),
  ];
  return {
    columns: [
      'rank',
      'trial',
      ...(halving ? ['rung'] : []),
      'epochs',
      'log loss',
      'accuracy',
      ...shortNames(names),
      'seconds',
    ],
    rows: ranked.map(row),
  };
}

export function showValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
