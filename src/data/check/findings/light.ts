// Photos in which nothing is dark.
import type { PhotoFinding } from './finding.ts';

export const light: PhotoFinding<'light'> = {
  id: 'light',
  severity: 'warning',
  title: 'light',
  explanation: 'Hardly a pixel is dark: overexposed, or a nearly blank page.',
  threshold: { value: 0.6, meaning: 'luminance (0–1) that 95 % of the pixels exceed; flagged when higher' },
  shows: 'photos',
  judge: ({ statistics }, threshold) => {
    const score = (statistics?.percentiles.p5 ?? 0) / 255;
    return score > threshold ? { score } : undefined;
  },
};
