// Parts of a cross-validation: every photo in one fold, classes spread evenly, near duplicates kept together so that
// no photo is judged by a model that learned from its twin.
import { createRandom, PawprintError } from '../../core/index.ts';

export interface FoldOptions {
  /** Class of each photo, below `classCount`. */
  readonly labels: Uint8Array;
  readonly classCount: number;
  /** Photos with the same number are near duplicates and stay together; absent: each photo is alone. */
  readonly groups?: Int32Array;
  /** Wanted number of folds; with fewer groups than that, each group is a fold (leave one out). */
  readonly folds: number;
  readonly seed: number;
  /** For messages. */
  readonly classNames?: readonly string[];
}

export interface Folds {
  /** Fold of each photo, 0 … count − 1. */
  readonly of: Int32Array;
  readonly count: number;
}

interface Group {
  readonly rows: readonly number[];
  readonly classCounts: readonly number[];
}

/**
 * Deals the groups to folds, the largest first, each to the fold that has least of its commonest class. Whatever fold
 * is left out, the rest has photos of every class (near duplicates with unlike labels can make a fold more than wanted
 * necessary). Throws DATASET_INVALID, naming the class, when a class has fewer
 * than two groups: then no such folds exist.
 */
export function assignFolds(options: FoldOptions): Folds {
  const groups = gatherGroups(options);
  checkClasses(groups, options);
  const count = Math.min(options.folds, groups.length);
  createRandom(options.seed, 'folds').shuffle(groups);
  groups.sort((a, b) => b.rows.length - a.rows.length);
  const perFold = Array.from({ length: count }, () => Array<number>(options.classCount).fill(0));
  const of = new Int32Array(options.labels.length);
  const totals = sumOf(groups.map(({ classCounts }) => classCounts));
  for (const { rows, classCounts } of groups) {
    // A fold may not come to hold all photos of a class.
    const open = perFold.filter(
      (held) => !classCounts.some((more, c) => more > 0 && (held[c] ?? 0) + more === totals[c]),
    );
    const chosen = emptiestFold(open, classCounts) ?? Array<number>(options.classCount).fill(0);
    if (!perFold.includes(chosen)) perFold.push(chosen);
    for (const row of rows) of[row] = perFold.indexOf(chosen);
    classCounts.forEach((more, label) => (chosen[label] = (chosen[label] ?? 0) + more));
  }
  return { of, count: perFold.length };
}

function gatherGroups({ labels, groups, classCount }: FoldOptions): Group[] {
  const byNumber = new Map<number, number[]>();
  labels.forEach((_, row) => {
    const key = groups?.[row] ?? row;
    const rows = byNumber.get(key);
    if (rows === undefined) byNumber.set(key, [row]);
    else rows.push(row);
  });
  return [...byNumber.values()].map((rows) => {
    const classCounts = Array<number>(classCount).fill(0);
    for (const row of rows) classCounts[labels[row] ?? 0] = (classCounts[labels[row] ?? 0] ?? 0) + 1;
    return { rows, classCounts };
  });
}

function checkClasses(groups: readonly Group[], options: FoldOptions): void {
  for (let label = 0; label < options.classCount; label++) {
    const having = groups.filter((group) => (group.classCounts[label] ?? 0) > 0);
    if (having.length >= 2) continue;
    const photos = having.reduce((sum, group) => sum + (group.classCounts[label] ?? 0), 0);
    const name = options.classNames?.[label] ?? String(label);
    const alike = photos > 1 ? ', all near duplicates of each other' : '';
    throw new PawprintError('DATASET_INVALID', {
      message: `class ${name} has too few photos to learn from`,
      expected: 'at least 2 different photos of every class, one to learn from while the other is held out',
      received: `${photos} ${photos === 1 ? 'photo' : 'photos'} of ${name}${alike}`,
      hint: 'Add photos of that class (10 or more are better), or leave the class out.',
    });
  }
}

/** Of the folds' photos by class, that with least of the group's commonest class; then least photos; then the first. */
function emptiestFold(folds: readonly number[][], classCounts: readonly number[]): number[] | undefined {
  const commonest = classCounts.indexOf(Math.max(...classCounts));
  const total = (held: readonly number[]): number => held.reduce((sum, photos) => sum + photos, 0);
  let best = folds[0];
  for (const held of folds) {
    const byClass = (held[commonest] ?? 0) - (best?.[commonest] ?? 0);
    if (byClass < 0 || (byClass === 0 && total(held) < total(best ?? []))) best = held;
  }
  return best;
}

function sumOf(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).map((_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0));
}
