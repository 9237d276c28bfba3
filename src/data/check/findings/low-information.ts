// Photos with next to nothing on them.
import type { PhotoFinding } from './finding.ts';

export const lowInformation: PhotoFinding<'low-information'> = {
  id: 'low-information',
  severity: 'warning',
  title: 'low information',
  explanation: 'Next to nothing to see: a few grey levels make up the whole picture.',
  threshold: { value: 3, meaning: 'entropy of the grey levels in bits (0–8); flagged when lower' },
  shows: 'photos',
  judge: ({ statistics }, threshold) =>
    statistics !== undefined && statistics.entropy < threshold ? { score: statistics.entropy } : undefined,
};
