import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PhotoTable, PhotoTableBuilder, splitCode } from './photo-table.ts';

void suite('PhotoTable', () => {
  const names = ['dogs/2.jpg', 'cats/10.jpg', 'cats/1.jpg', 'cats/ü🐈.jpg', 'cats/1.jpg.png'];
  const builder = new PhotoTableBuilder();
  names.forEach((path, i) =>
    builder.add({ path, label: i, split: i === 0 ? 'test' : undefined, sizeBytes: i * 1e10, mtimeMs: i + 0.25 }),
  );
  const table = new PhotoTable(builder);

  test('is sorted by the bytes of the paths, with every column along', () => {
    const rows = Array.from({ length: table.count }, (_, i) => table.path(i));
    assert.deepEqual(rows, ['cats/1.jpg', 'cats/1.jpg.png', 'cats/10.jpg', 'cats/ü🐈.jpg', 'dogs/2.jpg']);
    rows.forEach((path, row) => {
      const i = names.indexOf(path);
      assert.deepEqual([table.label[row], table.sizeBytes[row], table.mtimeMs[row]], [i, i * 1e10, i + 0.25]);
    });
    assert.deepEqual([...table.givenSplit], [0, 0, 0, 0, splitCode('test')]);
  });

  test('finds paths, and only those', () => {
    for (const name of names) assert.equal(table.path(table.find(name)), name);
    for (const name of ['', 'cats/', 'cats/1.jp', 'dogs/2.jpg0', 'z']) assert.equal(table.find(name), -1);
  });

  test('keeps what decoding found', () => {
    const md5 = '0123456789abcdef'.repeat(2);
    table.setGood(2, { md5, hash: 'fedcba9876543210', width: 70000, height: 3, sizeBytes: 5, file: 9, slot: 8 });
    table.setBad(4);
    assert.equal(table.md5Hex(2), md5);
    assert.equal(Buffer.from(table.hash.subarray(16, 24)).toString('hex'), 'fedcba9876543210');
    assert.equal(table.width[2], 70000);
    assert.deepEqual([...table.goodRows()], [2]);
    assert.deepEqual([...table.pendingRows()], [0, 1, 3]);
    assert.equal(table.countPending(), 3);
  });

  test('grows past its first buffer', () => {
    const many = new PhotoTableBuilder();
    const path = (i: number): string => `${'folder/'.repeat(20)}${String(i).padStart(6, '0')}`;
    for (let i = 4999; i >= 0; i--) many.add({ path: path(i), label: 0, split: undefined, sizeBytes: i, mtimeMs: 0 });
    const grown = new PhotoTable(many);
    assert.equal(grown.path(0), path(0));
    assert.equal(grown.path(4999), path(4999));
    assert.equal(grown.sizeBytes[1234], 1234);
  });
});
