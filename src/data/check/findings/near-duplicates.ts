// Photos that show the same picture in other bytes.
import type { GroupFinding } from './finding.ts';

export const nearDuplicates: GroupFinding<'near-duplicates'> = {
  id: 'near-duplicates',
  severity: 'warning',
  title: 'near duplicates',
  explanation: 'The same picture resized, re-encoded, brightened or slightly cropped.',
  threshold: { value: 0.6, meaning: 'similarity (0–1) of the aligned pictures, block by block; alike from here on' },
  shows: 'groups',
  judge: ({ nearGroups }) => nearGroups.map(({ rows, similarity }) => ({ rows, score: similarity })),
};
