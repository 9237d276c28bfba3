// Photos that are very long or very tall.
import type { PhotoFinding } from './finding.ts';

export const oddAspectRatio: PhotoFinding<'odd-aspect-ratio'> = {
  id: 'odd-aspect-ratio',
  severity: 'warning',
  title: 'odd aspect ratio',
  explanation: 'Very long or very tall: squeezed into a square, little of the subject is left.',
  threshold: { value: 0.35, meaning: 'shorter side divided by the longer; flagged when lower' },
  shows: 'photos',
  judge: ({ info }, threshold) => {
    if (info === undefined) return undefined;
    const ratio = Math.min(info.width, info.height) / Math.max(info.width, info.height);
    return ratio < threshold ? { score: ratio, detail: `${info.width} × ${info.height} px` } : undefined;
  },
};
