// Pictures that end before their last pixel.
import type { PhotoFinding } from './finding.ts';

export const truncated: PhotoFinding<'truncated'> = {
  id: 'truncated',
  severity: 'error',
  title: 'truncated',
  explanation: 'The file ends too early, as after a broken download: the lower part of the picture is missing.',
  gate: { unit: 'share', limit: 0.01 },
  shows: 'photos',
  judge: ({ outcome, problem }) => (outcome === 'truncated' ? { detail: problem ?? 'ends too early' } : undefined),
};
