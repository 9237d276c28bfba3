// The same picture under two labels.
import type { GroupFinding } from './finding.ts';
import { listClasses, spansClasses } from './spans.ts';

export const nearAcrossClasses: GroupFinding<'near-duplicates-across-classes'> = {
  id: 'near-duplicates-across-classes',
  severity: 'warning',
  title: 'near duplicates across classes',
  explanation: 'Look-alikes under two labels: one of them is probably wrong.',
  shows: 'groups',
  judge: (dataset) =>
    dataset.nearGroups
      .filter(({ rows }) => spansClasses(dataset, rows))
      .map(({ rows, similarity }) => ({ rows, score: similarity, detail: listClasses(dataset, rows) })),
};
