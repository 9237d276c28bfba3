// Photos with needlessly many pixels.
import type { PhotoFinding } from './finding.ts';

export const huge: PhotoFinding<'huge'> = {
  id: 'huge',
  severity: 'warning',
  title: 'huge',
  explanation: 'Far more pixels than any model uses: slow to decode; above 50 megapixels not decoded at all.',
  threshold: { value: 30, meaning: 'megapixels; flagged when higher' },
  shows: 'photos',
  judge: ({ info, outcome, problem }, threshold) => {
    const megapixels = info === undefined ? 0 : (info.width * info.height) / 1e6;
    if (megapixels <= threshold && outcome !== 'too-large') return undefined;
    const size = info === undefined ? '' : `${info.width} × ${info.height} px`;
    return { score: megapixels, detail: [size, problem ?? ''].filter((word) => word !== '').join(', ') };
  },
};
