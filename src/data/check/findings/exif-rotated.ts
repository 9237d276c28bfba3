// Photos that are stored turned or mirrored.
import type { PhotoFinding } from './finding.ts';

export const exifRotated: PhotoFinding<'exif-rotated'> = {
  id: 'exif-rotated',
  severity: 'info',
  title: 'EXIF-rotated',
  explanation: 'Stored turned or mirrored, with a note how: set upright here, but not by every program.',
  shows: 'photos',
  judge: ({ info }) =>
    info !== undefined && info.orientation !== 1
      ? { score: info.orientation, detail: `orientation ${info.orientation}` }
      : undefined,
};
