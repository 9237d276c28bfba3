// The same file in two splits.
import type { GroupFinding } from './finding.ts';
import { listSplits, spansSplits } from './spans.ts';

export const exactAcrossSplits: GroupFinding<'exact-duplicates-across-splits'> = {
  id: 'exact-duplicates-across-splits',
  severity: 'error',
  title: 'exact duplicates across splits',
  explanation: 'A test photo was trained on (leakage): scores flatter the model.',
  gate: { unit: 'count', limit: 0 },
  shows: 'groups',
  judge: (dataset) =>
    dataset.exactGroups
      .filter((rows) => spansSplits(dataset, rows))
      .map((rows) => ({ rows, detail: listSplits(dataset, rows) })),
};
