import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assignFolds } from './folds.ts';

describe('assignFolds', () => {
  const spread = (labels: Uint8Array, classCount: number, folds: { of: Int32Array; count: number }): number[][] =>
    Array.from({ length: folds.count }, (_, fold) =>
      Array.from({ length: classCount }, (_, label) =>
        labels.reduce((held, of, row) => held + Number(of === label && folds.of[row] === fold), 0),
      ),
    );

  it('spreads every class evenly', () => {
    const labels = Uint8Array.from({ length: 100 }, (_, row) => Number(row >= 30));
    const folds = assignFolds({ labels, classCount: 2, folds: 5, seed: 1 });
    assert.deepEqual(spread(labels, 2, folds), Array(5).fill([6, 14]));
  });

  it('is the same for the same seed and another for another', () => {
    const labels = Uint8Array.from({ length: 40 }, (_, row) => row % 2);
    const of = (seed: number): Int32Array => assignFolds({ labels, classCount: 2, folds: 5, seed }).of;
    assert.deepEqual(of(1), of(1));
    assert.notDeepEqual(of(1), of(2));
  });

  it('leaves one out when there are fewer photos than folds', () => {
    const folds = assignFolds({ labels: Uint8Array.of(0, 0, 1, 1), classCount: 2, folds: 10, seed: 1 });
    assert.equal(folds.count, 4);
    assert.deepEqual([...folds.of].sort(), [0, 1, 2, 3]);
  });

  it('keeps groups together, fills every fold and leaves every class to learn from', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: fc.nat(2), group: fc.nat(12) }), { minLength: 6, maxLength: 60 }),
        fc.integer({ min: 2, max: 8 }),
        fc.integer(),
        (photos, wanted, seed) => {
          const labels = Uint8Array.from(photos, ({ label }) => label);
          const groups = Int32Array.from(photos, ({ group }) => group);
          for (const label of [0, 1, 2])
            fc.pre(new Set(photos.filter((photo) => photo.label === label).map(({ group }) => group)).size >= 2);
          const folds = assignFolds({ labels, groups, classCount: 3, folds: wanted, seed });
          photos.forEach((a, i) =>
            photos.forEach((b, j) => assert.ok(a.group !== b.group || folds.of[i] === folds.of[j])),
          );
          const counts = spread(labels, 3, folds);
          const totals = [0, 1, 2].map((label) => labels.filter((of) => of === label).length);
          for (const held of counts) {
            assert.ok(held.some((photos) => photos > 0));
            held.forEach((photos, label) => assert.ok(photos < (totals[label] ?? 0)));
          }
        },
      ),
    );
  });

  it('names a class with fewer than two different photos', () => {
    const classNames = ['cats', 'dogs'];
    const one = { labels: Uint8Array.of(0, 1, 1, 1), classCount: 2, folds: 5, seed: 1, classNames };
    assert.throws(() => assignFolds(one), { code: 'DATASET_INVALID', message: /cats/, received: '1 photo of cats' });
    const none = { ...one, labels: Uint8Array.of(1, 1, 1) };
    assert.throws(() => assignFolds(none), { code: 'DATASET_INVALID', received: '0 photos of cats' });
    const alike = { ...one, labels: Uint8Array.of(0, 0, 1, 1), groups: Int32Array.of(1, 1, 2, 3) };
    assert.throws(() => assignFolds(alike), { code: 'DATASET_INVALID', received: /2 photos of cats, all near dup/ });
  });
});
