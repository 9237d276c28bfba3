// Files that may not be opened or read.
import type { PhotoFinding } from './finding.ts';

export const unreadable: PhotoFinding<'unreadable'> = {
  id: 'unreadable',
  severity: 'error',
  title: 'unreadable',
  explanation: 'The file cannot be opened (permissions, a link that leads nowhere, a fault of the disk).',
  gate: { unit: 'share', limit: 0.01 },
  shows: 'photos',
  judge: ({ outcome, problem }) => (outcome === 'unreadable' ? { detail: problem ?? 'cannot be read' } : undefined),
};
