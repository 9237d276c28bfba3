// Photos that could not be decoded: how many are too many, and the words for them.
import { PawprintError } from '../../core/index.ts';
import type { BadPhoto } from './decode-photos.ts';
import type { PhotoListing } from './list-photos.ts';
import type { PhotoTable } from './photo-table.ts';

export interface BadPhotoReport {
  /** Relative to the source folder. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

const shownLimit = 5;

export function describeBadPhotos(photos: PhotoTable, bad: readonly BadPhoto[]): BadPhotoReport[] {
  return bad.map(({ photo, code, message }) => ({ path: photos.path(photo), code, message }));
}

/** Throws DATASET_INVALID when a class is left without photos or more than `maxBadFraction` of all photos are bad. */
export function checkBadPhotos(listing: PhotoListing, bad: readonly BadPhoto[], maxBadFraction: number): void {
  const { photos, classNames } = listing;
  if (bad.length === 0) return;
  const good = classNames.map(() => 0);
  for (const photo of photos.goodRows()) {
    const label = photos.label[photo] ?? 0;
    good[label] = (good[label] ?? 0) + 1;
  }
  const received = listFirst(describeBadPhotos(photos, bad));
  const hint = 'Look at them with `pawprint data check`, then remove or replace them.';
  const empty = classNames.filter((_, label) => good[label] === 0);
  if (empty.length > 0)
    throw new PawprintError('DATASET_INVALID', {
      message: `no photo of ${empty.join(' or ')} can be decoded`,
      expected: 'photos of every class',
      received,
      hint,
    });
  if (bad.length > maxBadFraction * photos.count)
    throw new PawprintError('DATASET_INVALID', {
      message: `${bad.length} of ${photos.count} photos cannot be decoded`,
      expected: `at most ${percent(maxBadFraction)} of them`,
      received,
      hint: `${hint} Or allow more with --max-bad-fraction.`,
    });
}

function listFirst(bad: readonly BadPhotoReport[]): string {
  const shown = bad.slice(0, shownLimit).map(({ path, message }) => `${path} (${message})`);
  return shown.join('; ') + (bad.length > shownLimit ? `; and ${bad.length - shownLimit} more` : '');
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toFixed(2))} %`;
}
