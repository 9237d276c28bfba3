// Files that are the same byte for byte.
import type { GroupFinding } from './finding.ts';

export const exactDuplicates: GroupFinding<'exact-duplicates'> = {
  id: 'exact-duplicates',
  severity: 'warning',
  title: 'exact duplicates',
  explanation: 'The same file more than once: it counts double in training and in scores.',
  shows: 'groups',
  judge: ({ exactGroups }) => exactGroups.map((rows) => ({ rows })),
};
