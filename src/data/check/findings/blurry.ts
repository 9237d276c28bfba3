// Photos that are sharp nowhere.
import type { ImageStatistics } from '../../../image/index.ts';
import type { PhotoFinding } from './finding.ts';

/** Edges of a pale or dark photo are weak without being soft: sharpness is judged as if it had this contrast. */
const usualContrast = 50;
/** Below it there are no edges to judge; low-information tells of such pictures. */
const leastContrast = 2;

export const blurry: PhotoFinding<'blurry'> = {
  id: 'blurry',
  severity: 'warning',
  title: 'blurry',
  explanation: 'Sharp nowhere: out of focus, shaken, or enlarged from a small picture.',
  threshold: { value: 25, meaning: 'variance of the Laplacian at 256 pixels and usual contrast; flagged when lower' },
  shows: 'photos',
  judge: ({ statistics }, threshold) => {
    if (statistics === undefined || statistics.contrast < leastContrast) return undefined;
    const score = sharpnessOf(statistics);
    return score < threshold ? { score } : undefined;
  },
};

function sharpnessOf({ sharpness, contrast }: ImageStatistics): number {
  return sharpness * Math.max(1, (usualContrast / contrast) ** 2);
}
