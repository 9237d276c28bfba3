// The same file under two labels.
import type { GroupFinding } from './finding.ts';
import { listClasses, spansClasses } from './spans.ts';

export const exactAcrossClasses: GroupFinding<'exact-duplicates-across-classes'> = {
  id: 'exact-duplicates-across-classes',
  severity: 'error',
  title: 'exact duplicates across classes',
  explanation: 'One file, two labels: one of them is wrong.',
  gate: { unit: 'count', limit: 0 },
  shows: 'groups',
  judge: (dataset) =>
    dataset.exactGroups
      .filter((rows) => spansClasses(dataset, rows))
      .map((rows) => ({ rows, detail: listClasses(dataset, rows) })),
};
