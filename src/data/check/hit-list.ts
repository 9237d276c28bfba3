// The photos that one finding has flagged: rows and scores as numbers, words only where a photo has some of its own.
import type { PhotoHit, RowHit } from './findings/finding.ts';

export interface HitList {
  readonly count: number;
  add(row: number, hit: PhotoHit): void;
  /** By rising row, whatever the order in which they came. */
  sorted(): Generator<RowHit>;
}

export function createHitList(): HitList {
  const rows: number[] = [];
  const scores: number[] = [];
  const details = new Map<number, string>();
  return {
    get count() {
      return rows.length;
    },
    add: (row, { score, detail }) => {
      rows.push(row);
      scores.push(score ?? NaN);
      if (detail !== undefined) details.set(row, detail);
    },
    *sorted() {
      const order = Uint32Array.from(rows, (_, place) => place).sort((a, b) => (rows[a] ?? 0) - (rows[b] ?? 0));
      for (const place of order) {
        const [row, score] = [rows[place] ?? 0, scores[place] ?? NaN];
        const detail = details.get(row);
        yield { row, ...(Number.isNaN(score) ? {} : { score }), ...(detail === undefined ? {} : { detail }) };
      }
    },
  };
}
