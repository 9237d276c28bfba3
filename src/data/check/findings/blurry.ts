// Photos that are sharp nowhere.
import type { PhotoFinding } from './finding.ts';

export const blurry: PhotoFinding<'blurry'> = {
  id: 'blurry',
  severity: 'warning',
  title: 'blurry',
  explanation: 'Sharp nowhere: out of focus, shaken, or enlarged from a small picture.',
  threshold: { value: 20, meaning: 'variance of the Laplacian at 256 pixels; flagged when lower' },
  shows: 'photos',
  judge: ({ statistics }, threshold) => statistics !== undefined && statistics.sharpness < threshold ? { score: statistics.sharpness } : undefined,
};
