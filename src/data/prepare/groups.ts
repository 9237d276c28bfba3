// Groups of photos that must stay in one split: byte-equal ones always, near duplicates where asked for.
import { createUnion, type Union } from '../check/near-duplicates/union.ts';
import type { PhotoTable } from './photo-table.ts';

/** Two rows that show the same picture. */
export interface LookAlike {
  readonly first: number;
  readonly second: number;
}

/**
 * The group of each photo. Groups are numbered from 0 in the order of their first good photo; photos that are not good
 * get group 0 and count for nothing. Pairs are rows of `photos`, in any order.
 */
export function groupPhotos(photos: PhotoTable, lookAlikes: Iterable<LookAlike>): Uint32Array {
  const union = createUnion(photos.count);
  joinEqualBytes(photos, union);
  for (const { first, second } of lookAlikes) union.join(first, second);
  const group = new Uint32Array(photos.count);
  let next = 0;
  for (let i = 0; i < photos.count; i++) {
    if (!photos.isGood(i)) continue;
    const root = union.root(i);
    group[i] = root === i ? next++ : (group[root] ?? 0);
  }
  return group;
}

function joinEqualBytes(photos: PhotoTable, union: Union): void {
  const md5Of = (photo: number): Uint8Array => photos.md5.subarray(16 * photo, 16 * photo + 16);
  const order = Uint32Array.from(photos.goodRows());
  order.sort((a, b) => Buffer.compare(md5Of(a), md5Of(b)) || a - b);
  for (let at = 1; at < order.length; at++) {
    const [a, b] = [order[at - 1] ?? 0, order[at] ?? 0];
    if (Buffer.compare(md5Of(a), md5Of(b)) === 0) union.join(a, b);
  }
}

/** How many groups have photos in more than one split: what given split folders tear apart. */
export function countGroupsAcrossSplits(photos: PhotoTable, group: Uint32Array, split: Uint8Array): number {
  const splitOfGroup = new Map<number, number>();
  const torn = new Set<number>();
  for (const photo of photos.goodRows()) {
    const [own, code] = [group[photo] ?? 0, split[photo] ?? 0];
    const known = splitOfGroup.get(own);
    if (known === undefined) splitOfGroup.set(own, code);
    else if (known !== code) torn.add(own);
  }
  return torn.size;
}
