// Photos with too few pixels.
import type { PhotoFinding } from './finding.ts';

export const tiny: PhotoFinding<'tiny'> = {
  id: 'tiny',
  severity: 'warning',
  title: 'tiny',
  explanation: 'Too few pixels to show a subject; enlarged for the model, it is a blur.',
  threshold: { value: 40, meaning: 'shorter side in pixels; flagged when lower' },
  shows: 'photos',
  judge: ({ info }, threshold) => {
    if (info === undefined || Math.min(info.width, info.height) >= threshold) return undefined;
    return { score: Math.min(info.width, info.height), detail: `${info.width} × ${info.height} px` };
  },
};
