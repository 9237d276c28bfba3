// Files without content.
import type { PhotoFinding } from './finding.ts';

export const zeroBytes: PhotoFinding<'zero-bytes'> = {
  id: 'zero-bytes',
  severity: 'error',
  title: 'zero bytes',
  explanation: 'The file is empty.',
  gate: { unit: 'share', limit: 0.01 },
  shows: 'photos',
  judge: ({ outcome }) => (outcome === 'empty' ? {} : undefined),
};
