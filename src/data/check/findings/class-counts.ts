// Photos by class, over all and in each split that has any.
import { splitNames, type SplitName } from '../../manifest.ts';
import type { DatasetFacts } from '../dataset-facts.ts';

export interface ClassCounts {
  /** undefined: all photos. */
  readonly split: SplitName | undefined;
  /** In the order of classNames. */
  readonly counts: readonly number[];
}

/** All photos first, then each split that holds photos. */
export function countClasses({ count, classNames, classOf, splitOf }: DatasetFacts): ClassCounts[] {
  const all = classNames.map(() => 0);
  const bySplit = new Map<SplitName, number[]>();
  for (let row = 0; row < count; row++) {
    const label = classOf(row);
    const split = splitOf(row);
    all[label] = (all[label] ?? 0) + 1;
    if (split === undefined) continue;
    const counts = bySplit.get(split) ?? classNames.map(() => 0);
    counts[label] = (counts[label] ?? 0) + 1;
    bySplit.set(split, counts);
  }
  const splits = splitNames.flatMap((split) => {
    const counts = bySplit.get(split);
    return counts === undefined ? [] : [{ split, counts }];
  });
  return [{ split: undefined, counts: all }, ...splits];
}
