// Which photo goes into which split: exact shares by class, near duplicates together, and few moves when photos are
// added later.
//
// How exact shares and few moves go together: every group of photos has a rank in [0, 1), drawn from the seed and the
// content hash of one of its photos and from nothing else. A split takes the groups of lowest rank, class by class,
// until its share is full. Photos added later change nobody's rank; they only move the cut, and only the few groups
// between the old cut and the new one change sides (about √(n·f) photos for n added ones and a share of f).
import { hash } from 'node:crypto';
import { PawprintError } from '../../core/index.ts';
import { splitNames, type SplitName } from '../manifest.ts';
import { splitCode, type PhotoTable } from './photo-table.ts';

/** The columns of the photo table that decide. */
export type SplitPhotos = Pick<PhotoTable, 'count' | 'label' | 'md5' | 'givenSplit' | 'isGood'>;

export interface SplitShares {
  /** Of all photos of a class; unused where the folder gives a test split. */
  readonly testFraction: number;
  /** Of the photos of a class that are not test; unused where the folder gives a validation split. */
  readonly validationFraction: number;
  readonly seed: number;
}

/** Photos of one group (any numbering, by photo) stay together. */
export interface SplitGroups {
  readonly group: Uint32Array;
  readonly classCount: number;
}

/**
 * The split of each photo as a splitCode, 0 for photos that are not good. Given splits are kept, except that validation
 * is carved from train where none is given. A class of n photos gives round(n · share) of them, at least 1 and at most
 * n − 1, or the nearest to it that its groups allow.
 */
export function assignSplits(photos: SplitPhotos, groups: SplitGroups, shares: SplitShares): Uint8Array {
  const { count, givenSplit } = photos;
  const input: CarveInput = { ...groups, label: photos.label, md5: photos.md5 };
  const split = Uint8Array.from({ length: count }, (_, photo) =>
    photos.isGood(photo) ? givenSplit[photo] || splitCode('train') : 0,
  );
  if (!givenSplit.includes(splitCode('test')))
    carve(input, split, { target: 'test', share: shares.testFraction, seed: shares.seed });
  if (!givenSplit.includes(splitCode('validation')))
    carve(input, split, { target: 'validation', share: shares.validationFraction, seed: shares.seed });
  return split;
}

/** Throws DATASET_INVALID when a class has no photo in train, or none in a split that was to be carved. */
export function checkSplits(
  photos: SplitPhotos,
  split: Uint8Array,
  wanted: Omit<SplitShares, 'seed'> & { readonly classNames: readonly string[] },
): void {
  const carved = (name: SplitName, share: number): SplitName[] =>
    share > 0 && !photos.givenSplit.includes(splitCode(name)) ? [name] : [];
  const needed: SplitName[] = [
    'train',
    ...carved('validation', wanted.validationFraction),
    ...carved('test', wanted.testFraction),
  ];
  for (const name of needed)
    wanted.classNames.forEach((className, label) => {
      if (split.some((code, photo) => code === splitCode(name) && photos.label[photo] === label)) return;
      throw new PawprintError('DATASET_INVALID', {
        message: `class ${className} has no photo for the ${name} split`,
        expected: `at least ${needed.length} photos of every class that do not look alike: one for each of ${needed.join(', ')}`,
        received: `${photos.label.filter((each, photo) => each === label && photos.isGood(photo)).length} photos of ${className}, by groups of look-alikes too few`,
        hint: 'Add photos, turn a split off (--validation-fraction 0), or try --no-group-near-duplicates.',
      });
    });
}

interface CarveInput extends SplitGroups {
  readonly label: Uint8Array;
  readonly md5: Uint8Array;
}

interface Carving {
  readonly target: SplitName;
  readonly share: number;
  readonly seed: number;
}

/** Groups of the photos that are train so far: group g is `photos` from `starts[g]` to `starts[g + 1]`. */
interface Groups {
  readonly count: number;
  readonly photos: Uint32Array;
  readonly starts: Uint32Array;
  /** The one class of a group, or −1 for a group of several. */
  readonly classOf: Int32Array;
  /** Group numbers by rising rank. */
  readonly order: Uint32Array;
  readonly rank: Float64Array;
}

/** Moves `share` of the train photos of each class to `target`, by changing `split`. */
function carve(input: CarveInput, split: Uint8Array, carving: Carving): void {
  if (carving.share === 0) return;
  const groups = collectGroups(input, split, carving);
  const available = new Float64Array(input.classCount);
  for (const photo of groups.photos) increase(available, input.label[photo] ?? 0, 1);
  const missing = available.map((n) => (n < 2 ? 0 : Math.min(n - 1, Math.max(1, Math.round(n * carving.share)))));
  const taken = new Uint8Array(groups.count);
  const take = (group: number): void => {
    taken[group] = 1;
    for (const photo of members(groups, group)) {
      split[photo] = splitCode(carving.target);
      increase(missing, input.label[photo] ?? 0, -1);
      increase(available, input.label[photo] ?? 0, -1);
    }
  };
  // Groups of several classes first, by their rank alone, so that the others can make up for them.
  for (const group of groups.order)
    if (
      groups.classOf[group] === -1 &&
      (groups.rank[group] ?? 1) < carving.share &&
      fits(input, groups, group, missing)
    )
      take(group);
  for (const group of groups.order) {
    const label = groups.classOf[group] ?? -1;
    if (label >= 0 && members(groups, group).length <= (missing[label] ?? 0)) take(group);
  }
  // What no group was small enough to fill: take one too many photos where that is nearer than too few.
  missing.forEach((short, label) => {
    if (short === 0) return;
    const smallest = smallestGroup(groups, taken, label);
    if (smallest === undefined) return;
    const size = members(groups, smallest).length;
    const noneYet = !splitHas(input, split, splitCode(carving.target), label);
    if (size < (available[label] ?? 0) && (noneYet || size - short < short)) take(smallest);
  });
}

function increase(counts: Float64Array, at: number, by: number): void {
  counts[at] = (counts[at] ?? 0) + by;
}

function members(groups: Groups, group: number): Uint32Array {
  return groups.photos.subarray(groups.starts[group], groups.starts[group + 1]);
}

function fits(input: CarveInput, groups: Groups, group: number, missing: Float64Array): boolean {
  const sizes = new Float64Array(input.classCount);
  for (const photo of members(groups, group)) increase(sizes, input.label[photo] ?? 0, 1);
  return sizes.every((size, label) => size <= (missing[label] ?? 0));
}

function smallestGroup(groups: Groups, taken: Uint8Array, label: number): number | undefined {
  let best: number | undefined;
  for (const group of groups.order)
    if (taken[group] === 0 && groups.classOf[group] === label)
      if (best === undefined || members(groups, group).length < members(groups, best).length) best = group;
  return best;
}

function splitHas(input: CarveInput, split: Uint8Array, code: number, label: number): boolean {
  return split.some((each, photo) => each === code && input.label[photo] === label);
}

function collectGroups(input: CarveInput, split: Uint8Array, { target, seed }: Carving): Groups {
  const groupOf = (photo: number): number => input.group[photo] ?? 0;
  const train = splitCode('train');
  const photos = Uint32Array.from(split.keys().filter((photo) => split[photo] === train));
  photos.sort((a, b) => groupOf(a) - groupOf(b) || a - b);
  const isStart = (at: number): boolean => at === 0 || groupOf(photos[at] ?? 0) !== groupOf(photos[at - 1] ?? 0);
  const starts = Uint32Array.from([...photos.keys().filter(isStart), photos.length]);
  const count = starts.length - 1;
  const classOf = new Int32Array(count);
  const rank = new Float64Array(count);
  for (let group = 0; group < count; group++) {
    const own = photos.subarray(starts[group], starts[group + 1]);
    const label = input.label[own[0] ?? 0] ?? 0;
    classOf[group] = own.every((photo) => input.label[photo] === label) ? label : -1;
    rank[group] = rankOf(smallestMd5(input.md5, own), target, seed);
  }
  const order = Uint32Array.from({ length: count }, (_, group) => group);
  order.sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0) || a - b);
  return { count, photos, starts, classOf, order, rank };
}

/** Of a group, so that one more near duplicate seldom changes the rank, and more photos make no rank lower. */
function smallestMd5(md5: Uint8Array, photos: Uint32Array): Uint8Array {
  let smallest: Uint8Array | undefined;
  for (const photo of photos) {
    const own = md5.subarray(16 * photo, 16 * photo + 16);
    if (smallest === undefined || Buffer.compare(own, smallest) < 0) smallest = own;
  }
  return smallest ?? new Uint8Array(16);
}

/** 48 bits of a hash as a number in [0, 1). Test and validation draw apart: who just misses test may well be train. */
function rankOf(md5: Uint8Array, target: SplitName, seed: number): number {
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${seed} ${splitNames.indexOf(target)} `), md5]), 'buffer');
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
