// Pictures of several frames.
import type { PhotoFinding } from './finding.ts';

export const animated: PhotoFinding<'animated'> = {
  id: 'animated',
  severity: 'info',
  title: 'animated',
  explanation: 'Several frames or pages: only the first is used.',
  threshold: { value: 1, meaning: 'frames; flagged when more' },
  shows: 'photos',
  judge: ({ info }, threshold) =>
    info !== undefined && info.frames > threshold ? { score: info.frames, detail: `${info.frames} frames` } : undefined,
};
