// Multi-index hashing against comparing all with all; groups against a plain search.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../core/index.ts';
import { findCandidates, type HashedPhotos } from './candidates.ts';
import { createUnion, listGroups } from './union.ts';

function asPhotos(hashes: readonly bigint[], missing: ReadonlySet<number> = new Set()): HashedPhotos {
  const bytes = Buffer.alloc(8 * hashes.length);
  hashes.forEach((hash, row) => bytes.writeBigUInt64BE(hash, 8 * row));
  return { count: hashes.length, hashes: bytes, has: (row) => !missing.has(row) };
}

function distance(a: bigint, b: bigint): number {
  return (a ^ b).toString(2).replaceAll('0', '').length;
}

/** Random hashes, half of them another's with up to 14 bits turned over. */
function randomHashes(count: number, seed: number): bigint[] {
  const random = createRandom(seed);
  const hashes: bigint[] = [];
  const fresh = (): bigint => (BigInt(random.integer(2 ** 32)) << 32n) | BigInt(random.integer(2 ** 32));
  for (let i = 0; i < count; i++) {
    let hash = i % 2 === 0 ? fresh() : (hashes[random.integer(i)] ?? 0n);
    if (i % 2 === 1) for (let bit = random.integer(15); bit > 0; bit--) hash ^= 1n << BigInt(random.integer(64));
    hashes.push(hash);
  }
  return hashes;
}

for (const maxDistance of [0, 3, 8, 12])
  test(`finds exactly the pairs within ${maxDistance} bits that comparing all with all finds`, () => {
    const hashes = [...new Set(randomHashes(600, 5))];
    const expected: string[] = [];
    hashes.forEach((b, j) => {
      hashes.slice(0, j).forEach((a, i) => {
        if (distance(a, b) <= maxDistance) expected.push(`${i} ${j} ${distance(a, b)}`);
      });
    });
    const { first, second, distance: bits } = findCandidates(asPhotos(hashes), maxDistance);
    const found = Array.from(first, (a, i) => `${a} ${second[i] ?? -1} ${bits[i] ?? -1}`);
    assert.deepEqual(found.toSorted(), expected.toSorted());
    assert.ok(maxDistance === 0 || found.length > 20);
  });

test('photos of one hash are found, photos without a hash are not', () => {
  const pairs = findCandidates(asPhotos([7n, 0xffffn << 48n, 7n, 7n, 7n], new Set([3])), 4);
  assert.deepEqual([...pairs.first], [0, 0, 2]);
  assert.deepEqual([...pairs.second], [2, 4, 4]);
  assert.deepEqual([...pairs.distance], [0, 0, 0]);
});

test('ten thousand photos of one hash stay linear and in one group', () => {
  const count = 10_000;
  const { first, second } = findCandidates(asPhotos(new Array<bigint>(count).fill(5n)), 10);
  assert.ok(first.length <= 8 * count);
  const union = createUnion(count);
  first.forEach((a, i) => {
    union.join(a, second[i] ?? a);
  });
  assert.equal(listGroups(union, count)[0]?.length, count);
});

test('a long film of slowly changing hashes stays bounded and in one group', () => {
  // A Gray code walks through 4096 hashes of which each is one bit from the next, all within 12 bits.
  const hashes = Array.from({ length: 4096 }, (_, i) => BigInt(i ^ (i >> 1)) << 26n);
  const { first, second } = findCandidates(asPhotos(hashes), 10);
  assert.ok(first.length <= 24 * hashes.length);
  const union = createUnion(hashes.length);
  first.forEach((a, i) => {
    union.join(a, second[i] ?? a);
  });
  assert.equal(listGroups(union, hashes.length).length, 1);
});

test('groups do not depend on the order in which pairs are joined', () => {
  const pairs = [[3, 7], [1, 2], [7, 9], [2, 0], [9, 3]] as const; // prettier-ignore
  for (const order of [pairs, pairs.toReversed()]) {
    const union = createUnion(10);
    for (const [a, b] of order) union.join(a, b);
    assert.deepEqual(listGroups(union, 10), [
      [0, 1, 2],
      [3, 7, 9],
    ]);
  }
});
