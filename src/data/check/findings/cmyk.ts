// Pictures in printing colours.
import type { PhotoFinding } from './finding.ts';

export const cmyk: PhotoFinding<'cmyk'> = {
  id: 'cmyk',
  severity: 'info',
  title: 'CMYK',
  explanation: 'Made for print: converted to RGB here, but other programs may show wrong colours.',
  shows: 'photos',
  judge: ({ info }) => (info?.colourSpace === 'cmyk' ? {} : undefined),
};
