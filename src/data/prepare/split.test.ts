import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { hashBytes } from '../../core/index.ts';
import type { SplitName } from '../manifest.ts';
import { PhotoTable, PhotoTableBuilder, splitCode } from './photo-table.ts';
import { assignSplits, checkSplits } from './split.ts';

interface Photo {
  readonly content: string;
  readonly label: number;
  readonly group?: number;
  readonly given?: SplitName;
}

const shares = { testFraction: 0.2, validationFraction: 0.1, seed: 1 };

/** Splits photos whose md5 is that of `content`; the result is by content, so that inputs can be compared. */
function splitsOf(photos: readonly Photo[], options: Partial<typeof shares> = {}): Map<string, number> {
  const { table, groups } = tableOf(photos);
  const split = assignSplits(table, groups, { ...shares, ...options });
  return new Map(photos.map(({ content }) => [content, split[table.find(content)] ?? -1]));
}

function tableOf(photos: readonly Photo[]) {
  const builder = new PhotoTableBuilder();
  for (const { content, label, given } of photos)
    builder.add({ path: content, label, split: given, sizeBytes: 1, mtimeMs: 0 });
  const table = new PhotoTable(builder);
  const group = new Uint32Array(photos.length);
  photos.forEach((photo, i) => {
    const row = table.find(photo.content);
    const md5 = hashBytes('md5', photo.content);
    table.setGood(row, { md5, hash: '0'.repeat(16), width: 1, height: 1, sizeBytes: 1, file: 0, slot: 0 });
    group[row] = photo.group ?? 1_000_000 + i;
  });
  return { table, groups: { group, classCount: 2 } };
}

function makePhotos(count: number, label: number, prefix = `c${label}-`): Photo[] {
  return Array.from({ length: count }, (_, i) => ({ content: `${prefix}${i}`, label }));
}

function countOf(
  photos: readonly Photo[],
  splits: ReadonlyMap<string, number>,
  name: SplitName,
  label: number,
): number {
  return photos.filter((photo) => photo.label === label && splits.get(photo.content) === splitCode(name)).length;
}

void suite('assignSplits', () => {
  test('gives every class its exact share', () => {
    const photos = [...makePhotos(1000, 0), ...makePhotos(373, 1)];
    const splits = splitsOf(photos);
    assert.equal(countOf(photos, splits, 'test', 0), 200);
    assert.equal(countOf(photos, splits, 'validation', 0), 80);
    assert.equal(countOf(photos, splits, 'train', 0), 720);
    assert.equal(countOf(photos, splits, 'test', 1), 75);
    assert.equal(countOf(photos, splits, 'validation', 1), 30);
  });

  test('does not depend on the order of the photos, but on the seed', () => {
    const photos = [...makePhotos(100, 0), ...makePhotos(100, 1)];
    const splits = splitsOf(photos);
    assert.deepEqual([...splitsOf(photos.toReversed())].sort(), [...splits].sort());
    assert.notDeepEqual([...splitsOf(photos, { seed: 2 })], [...splits]);
  });

  test('moves few photos when photos are added', () => {
    const photos = [...makePhotos(2000, 0), ...makePhotos(2000, 1)];
    const before = splitsOf(photos);
    const after = splitsOf([...photos, ...makePhotos(200, 0, 'new-'), ...makePhotos(200, 1, 'newer-')]);
    const moved = photos.filter(({ content }) => before.get(content) !== after.get(content)).length;
    // √(n·f) is about 6 for each class and cut; a fresh shuffle would move over a thousand.
    assert.ok(moved < 60, `${moved} moved`);
  });

  test('keeps given splits and carves validation from train alone', () => {
    const photos = [
      ...makePhotos(100, 0).map((photo) => ({ ...photo, given: 'train' as const })),
      ...makePhotos(100, 1).map((photo) => ({ ...photo, given: 'train' as const })),
      ...makePhotos(50, 0, 't').map((photo) => ({ ...photo, given: 'test' as const })),
      ...makePhotos(50, 1, 'u').map((photo) => ({ ...photo, given: 'test' as const })),
    ];
    const splits = splitsOf(photos);
    for (const { content, given } of photos)
      if (given === 'test') assert.equal(splits.get(content), splitCode('test'));
      else assert.notEqual(splits.get(content), splitCode('test'));
    assert.equal(countOf(photos, splits, 'validation', 0), 10);
    assert.equal(countOf(photos, splits, 'validation', 1), 10);
  });

  test('leaves photos that are not good out of every split', () => {
    const { table, groups } = tableOf([...makePhotos(20, 0), ...makePhotos(20, 1)]);
    table.setBad(3);
    assert.equal(assignSplits(table, groups, shares)[3], 0);
  });

  test('keeps groups whole and shares within the size of a group, whatever the groups', () => {
    const photo = fc.record({ label: fc.integer({ min: 0, max: 1 }), group: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(fc.array(photo, { minLength: 4, maxLength: 120 }), fc.nat(), (drawn, seed) => {
        const photos = drawn.map((each, i) => ({ ...each, content: `p${i}` }));
        const splits = splitsOf(photos, { seed });
        const splitOfGroup = new Map<number, number | undefined>();
        for (const { content, group } of photos) {
          const split = splits.get(content);
          assert.ok(split !== undefined && split > 0);
          assert.equal(splitOfGroup.get(group) ?? split, split, 'a group was torn apart');
          splitOfGroup.set(group, split);
        }
        for (const label of [0, 1]) {
          const own = photos.filter((each) => each.label === label);
          const largest = Math.max(0, ...own.map(({ group }) => photos.filter((each) => each.group === group).length));
          const excess = countOf(photos, splits, 'test', label) - Math.max(1, Math.round(own.length * 0.2));
          assert.ok(excess <= largest, `${excess} too many`);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  test('fills the share exactly where single photos allow it, in spite of large groups', () => {
    const photos = [
      ...makePhotos(100, 0).map((photo, i) => (i < 40 ? { ...photo, group: 7 } : photo)),
      ...makePhotos(100, 1),
    ];
    const splits = splitsOf(photos);
    assert.equal(countOf(photos, splits, 'test', 0), 20);
    assert.equal(splits.get('c0-0'), splitCode('train'));
  });

  test('makes up for groups of two classes', () => {
    const mixed = Array.from({ length: 20 }, (_, i) => [
      { content: `m${i}`, label: 0, group: i },
      { content: `n${i}`, label: 1, group: i },
    ]).flat();
    const photos = [...makePhotos(80, 0), ...makePhotos(180, 1), ...mixed];
    const splits = splitsOf(photos);
    assert.equal(countOf(photos, splits, 'test', 0), 20);
    assert.equal(countOf(photos, splits, 'test', 1), 40);
  });
});

void suite('checkSplits', () => {
  const check = (photos: readonly Photo[]): void => {
    const { table, groups } = tableOf(photos);
    checkSplits(table, assignSplits(table, groups, shares), { ...shares, classNames: ['cats', 'dogs'] });
  };

  test('accepts three photos a class', () => {
    check([...makePhotos(3, 0), ...makePhotos(3, 1)]);
  });

  test('refuses a class that cannot be divided', () => {
    const alike = makePhotos(30, 0).map((photo) => ({ ...photo, group: 1 }));
    assert.throws(() => check([...alike, ...makePhotos(30, 1)]), { code: 'DATASET_INVALID', message: /cats/ });
    assert.throws(() => check([...makePhotos(2, 0), ...makePhotos(30, 1)]), { code: 'DATASET_INVALID' });
  });
});
