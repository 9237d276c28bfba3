// Pairs of 64-bit perceptual hashes that differ in few bits, found without comparing all with all: multi-index hashing
// (Norouzi, Punjani, Fleet 2012). A hash is cut into 5 bands of 12 or 13 bits. Where two hashes differ in at most d bits,
// one band differs in at most ⌊d/5⌋, so each hash looks into the buckets that close to its own bands: 92 a band for
// d = 10…14. With 100,000 hashes a bucket holds a dozen, and a photo meets 5,000 others instead of 100,000.
import { countBits } from '../../../image/index.ts';

/** 8 bytes of hash a photo. */
export interface HashedPhotos {
  readonly count: number;
  readonly hashes: Uint8Array;
  /** False: this row has no hash (it could not be decoded, or need not be compared). */
  has(row: number): boolean;
}

/** Pairs (first[i] < second[i]) with the bits in which they differ, by distance, then rows. */
export interface CandidatePairs {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly distance: Uint8Array;
}

/** Where each band begins, of 64 bits from the most significant on, and how many bits it has. */
const bandCuts = [
  { start: 0, width: 13 },
  { start: 13, width: 13 },
  { start: 26, width: 13 },
  { start: 39, width: 13 },
  { start: 52, width: 12 },
] as const;
type BandCut = (typeof bandCuts)[number];
/** Of a photo that looks like very many others (frames of a film), only the nearest are worth a second look. */
const nearestKept = 24;
/** In a bucket this full only the nearest rows are compared: the frames of a film follow each other by name. */
const bucketLimit = 1000;
/** Photos of one hash are compared with this many before them. */
const sameHashKept = 8;

/** Every pair within `maxDistance` bits, but for the limits above, which bind only where very many look alike. */
export function findCandidates(photos: HashedPhotos, maxDistance: number): CandidatePairs {
  const pairs = new PairList();
  const rows = rowsByHash(photos);
  const words = toWords(photos);
  const unique: number[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    let mates = 0;
    while (mates < sameHashKept && at - mates > 0 && distanceOf(words, row, rows[at - mates - 1] ?? 0) === 0) {
      mates += 1;
      pairs.add(rows[at - mates] ?? 0, row, 0);
    }
    if (mates === 0) unique.push(row);
  }
  unique.sort((a, b) => a - b);
  addNearPairs(pairs, Uint32Array.from(unique), words, maxDistance);
  return pairs.sorted();
}

/** Two 32-bit words a hash. */
function toWords({ count, hashes }: HashedPhotos): Uint32Array {
  const words = new Uint32Array(2 * count);
  const view = new DataView(hashes.buffer, hashes.byteOffset, 8 * count);
  for (let i = 0; i < words.length; i++) words[i] = view.getUint32(4 * i);
  return words;
}

function distanceOf(words: Uint32Array, a: number, b: number): number {
  const high = (words[2 * a] ?? 0) ^ (words[2 * b] ?? 0);
  const low = (words[2 * a + 1] ?? 0) ^ (words[2 * b + 1] ?? 0);
  return countBits(high) + countBits(low);
}

function rowsByHash(photos: HashedPhotos): Uint32Array {
  const words = toWords(photos);
  const rows = Uint32Array.from({ length: photos.count }, (_, row) => row).filter((row) => photos.has(row));
  const compare = (a: number, b: number): number =>
    (words[2 * a] ?? 0) - (words[2 * b] ?? 0) || (words[2 * a + 1] ?? 0) - (words[2 * b + 1] ?? 0) || a - b;
  return rows.sort(compare);
}

/** Bucket v of a band holds `items` from `starts[v]` to `starts[v + 1]`, by rising place. */
interface BandIndex {
  readonly keys: Uint16Array;
  readonly starts: Uint32Array;
  readonly items: Uint32Array;
}

function indexBand(unique: Uint32Array, words: Uint32Array, cut: BandCut): BandIndex {
  const values = 1 << cut.width;
  const keys = Uint16Array.from(unique, (row) => bandOf(words[2 * row] ?? 0, words[2 * row + 1] ?? 0, cut));
  const starts = new Uint32Array(values + 1);
  for (const key of keys) starts[key + 1] = (starts[key + 1] ?? 0) + 1;
  for (let value = 0; value < values; value++) starts[value + 1] = (starts[value + 1] ?? 0) + (starts[value] ?? 0);
  const next = starts.slice();
  const items = new Uint32Array(unique.length);
  keys.forEach((key, place) => {
    const at = next[key] ?? 0;
    next[key] = at + 1;
    items[at] = place;
  });
  return { keys, starts, items };
}

/** The bits of one band as a number; a band may lie across the two words. */
function bandOf(high: number, low: number, { start, width }: BandCut): number {
  const mask = (1 << width) - 1;
  const end = start + width;
  if (end <= 32) return (high >>> (32 - end)) & mask;
  if (start >= 32) return (low >>> (64 - end)) & mask;
  return ((high << (end - 32)) | (low >>> (64 - end))) & mask;
}

function addNearPairs(pairs: PairList, unique: Uint32Array, words: Uint32Array, maxDistance: number): void {
  const bandDistance = Math.floor(maxDistance / bandCuts.length);
  const bands = bandCuts.map((cut) => ({
    ...indexBand(unique, words, cut),
    masks: masksWithin(cut.width, bandDistance),
  }));
  const nearest = new NearestList(nearestKept);
  for (let place = 0; place < unique.length; place++) {
    const row = unique[place] ?? 0;
    nearest.clear();
    for (let band = 0; band < bands.length; band++) {
      const { keys, starts, items, masks } = bands[band] ?? noBand;
      const own = keys[place] ?? 0;
      for (const mask of masks) {
        const key = own ^ mask;
        const end = starts[key + 1] ?? 0;
        for (let at = firstToCompare(items, starts[key] ?? 0, end, place); at < end; at++) {
          const other = items[at] ?? 0;
          // Items rise: from here on each pair is the other one's to find.
          if (other >= place) break;
          const distance = distanceOf(words, row, unique[other] ?? 0);
          if (distance <= maxDistance && !foundBefore(bands, band, { place, other, bandDistance }))
            nearest.add(other, distance);
        }
      }
    }
    nearest.forEach((other, distance) => {
      pairs.add(unique[other] ?? 0, row, distance);
    });
  }
}

const noBand = {
  keys: new Uint16Array(),
  starts: new Uint32Array(),
  items: new Uint32Array(),
  masks: new Uint16Array(),
};

/** All masks of `width` bits with at most `bits` ones. */
function masksWithin(width: number, bits: number): Uint16Array {
  return Uint16Array.from({ length: 1 << width }, (_, mask) => mask).filter((mask) => countBits(mask) <= bits);
}

/** True when an earlier band has shown this pair already. */
function foundBefore(
  bands: readonly BandIndex[],
  band: number,
  { place, other, bandDistance }: { readonly place: number; readonly other: number; readonly bandDistance: number },
): boolean {
  for (let earlier = 0; earlier < band; earlier++) {
    const keys = bands[earlier]?.keys;
    if (keys !== undefined && countBits((keys[place] ?? 0) ^ (keys[other] ?? 0)) <= bandDistance) return true;
  }
  return false;
}

/** Where in a bucket to begin: of an overfull one only the last `bucketLimit` items before `place` count. */
function firstToCompare(items: Uint32Array, start: number, end: number, place: number): number {
  if (end - start <= bucketLimit) return start;
  return Math.max(start, firstAtLeast(items, { start, end, value: place }) - bucketLimit);
}

/** The first position in [start, end) whose item is at least `value`. */
function firstAtLeast(
  items: Uint32Array,
  { start, end, value }: { readonly start: number; readonly end: number; readonly value: number },
): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The `limit` nearest of what is added; among equals the larger places, whose names are nearer. */
class NearestList {
  readonly #limit: number;
  readonly #entries: { readonly place: number; readonly distance: number }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  add(place: number, distance: number): void {
    const worst = this.#entries.at(-1);
    const full = this.#entries.length === this.#limit;
    if (full && worst !== undefined && isNearer(worst, { place, distance })) return;
    if (full) this.#entries.pop();
    const at = this.#entries.findIndex((entry) => isNearer({ place, distance }, entry));
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, { place, distance });
  }

  forEach(use: (place: number, distance: number) => void): void {
    for (const { place, distance } of this.#entries) use(place, distance);
  }
}

interface Neighbour {
  readonly place: number;
  readonly distance: number;
}

function isNearer(a: Neighbour, b: Neighbour): boolean {
  return a.distance < b.distance || (a.distance === b.distance && a.place > b.place);
}

/** Pairs in memory that grows by doubling: 9 bytes a pair. */
class PairList {
  #count = 0;
  #rows = new Uint32Array(2048);
  #distance = new Uint8Array(1024);

  add(a: number, b: number, distance: number): void {
    if (this.#count === this.#distance.length) {
      const [rows, distances] = [new Uint32Array(4 * this.#count), new Uint8Array(2 * this.#count)];
      rows.set(this.#rows);
      distances.set(this.#distance);
      [this.#rows, this.#distance] = [rows, distances];
    }
    this.#rows[2 * this.#count] = Math.min(a, b);
    this.#rows[2 * this.#count + 1] = Math.max(a, b);
    this.#distance[this.#count++] = distance;
  }

  sorted(): CandidatePairs {
    const rows = this.#rows;
    const distances = this.#distance;
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i).sort(
      (a, b) =>
        (distances[a] ?? 0) - (distances[b] ?? 0) ||
        (rows[2 * a] ?? 0) - (rows[2 * b] ?? 0) ||
        (rows[2 * a + 1] ?? 0) - (rows[2 * b + 1] ?? 0),
    );
    return {
      first: order.map((i) => rows[2 * i] ?? 0),
      second: order.map((i) => rows[2 * i + 1] ?? 0),
      distance: Uint8Array.from(order, (i) => distances[i] ?? 0),
    };
  }
}
