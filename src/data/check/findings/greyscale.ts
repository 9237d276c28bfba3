// Photos without colour.
import type { PhotoFinding } from './finding.ts';

export const greyscale: PhotoFinding<'greyscale'> = {
  id: 'greyscale',
  severity: 'info',
  title: 'greyscale',
  explanation: 'No colour: harmless, unless one class has more of them than another.',
  threshold: {
    value: 1,
    meaning: "mean difference (0–255) of a pixel's largest and smallest channel; flagged when at most this",
  },
  shows: 'photos',
  judge: ({ statistics }, threshold) =>
    statistics !== undefined && statistics.saturation <= threshold ? { score: statistics.saturation } : undefined,
};
