// Photos that look alike, by their perceptual hashes alone. `data check` looks a second time at the pixels; here a pair
// too many costs nothing (two photos stay in one split without need), while a pair too few would leak.
import { findCandidates } from '../check/near-duplicates/candidates.ts';
import type { PhotoTable } from './photo-table.ts';

/**
 * Bits of 64 in which look-alikes may differ. Measured on 3,000 photos of cats and dogs (4.5 million pairs): copies
 * scaled, recompressed or brightened differ in 0 to 6; of unrelated photos none in 10 or fewer, five pairs in 11 or 12.
 */
const maxDistanceBits = 8;

/** Pairs of rows of good photos, in an order that only their hashes decide. */
export function* findNearDuplicates(photos: PhotoTable): Generator<readonly [number, number]> {
  const { count, hash: hashes } = photos;
  const { first, second } = findCandidates({ count, hashes, has: (row) => photos.isGood(row) }, maxDistanceBits);
  for (let i = 0; i < first.length; i++) yield [first[i] ?? 0, second[i] ?? 0];
}
