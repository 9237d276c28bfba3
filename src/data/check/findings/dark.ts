// Photos in which nothing is bright.
import type { PhotoFinding } from './finding.ts';

export const dark: PhotoFinding<'dark'> = {
  id: 'dark',
  severity: 'warning',
  title: 'dark',
  explanation: 'Hardly a pixel is bright: underexposed, or taken at night.',
  threshold: { value: 0.4, meaning: 'luminance (0–1) that 99 % of the pixels do not exceed; flagged when lower' },
  shows: 'photos',
  judge: ({ statistics }, threshold) => {
    const score = (statistics?.percentiles.p99 ?? 255) / 255;
    return score < threshold ? { score } : undefined;
  },
};
