// Files that no decoder turns into pixels.
import type { PhotoFinding } from './finding.ts';

export const undecodable: PhotoFinding<'undecodable'> = {
  id: 'undecodable',
  severity: 'error',
  title: 'undecodable',
  explanation: 'The content is no picture, of a format that cannot be decoded, or damaged: it cannot be trained on.',
  gate: { unit: 'share', limit: 0.01 },
  shows: 'photos',
  judge: ({ outcome, problem }) => (outcome === 'undecodable' ? { detail: problem ?? 'cannot be decoded' } : undefined),
};
