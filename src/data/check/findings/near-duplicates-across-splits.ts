// The same picture in two splits.
import type { GroupFinding } from './finding.ts';
import { listSplits, spansSplits } from './spans.ts';

export const nearAcrossSplits: GroupFinding<'near-duplicates-across-splits'> = {
  id: 'near-duplicates-across-splits',
  severity: 'error',
  title: 'near duplicates across splits',
  explanation: 'A look-alike of a test photo was trained on (leakage): scores flatter the model.',
  gate: { unit: 'count', limit: 0 },
  shows: 'groups',
  judge: (dataset) =>
    dataset.nearGroups
      .filter(({ rows }) => spansSplits(dataset, rows))
      .map(({ rows, similarity }) => ({ rows, score: similarity, detail: listSplits(dataset, rows) })),
};
