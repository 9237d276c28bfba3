import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { hashBytes } from '../../core/index.ts';
import { countGroupsAcrossSplits, groupPhotos } from './groups.ts';
import { PhotoTable, PhotoTableBuilder } from './photo-table.ts';

/** Photos p0, p1, … with these contents and hashes; the last one is bad. */
function makeTable(photos: readonly { content: string; hash?: string }[]): PhotoTable {
  const builder = new PhotoTableBuilder();
  for (let i = 0; i <= photos.length; i++)
    builder.add({ path: `p${i}`, label: 0, split: undefined, sizeBytes: 1, mtimeMs: 0 });
  const table = new PhotoTable(builder);
  photos.forEach(({ content, hash = hashBytes('md5', `hash of ${content}`).slice(0, 16) }, i) => {
    const md5 = hashBytes('md5', content);
    table.setGood(i, { md5, hash, width: 1, height: 1, sizeBytes: 1, file: 0, slot: 0 });
  });
  table.setBad(photos.length);
  return table;
}

void suite('groups', () => {
  test('join equal bytes and look-alikes, over several steps', () => {
    const table = makeTable([{ content: 'a' }, { content: 'b' }, { content: 'a' }, { content: 'c' }, { content: 'd' }]);
    assert.deepEqual([...groupPhotos(table, [])].slice(0, 5), [0, 1, 0, 2, 3]);
    assert.deepEqual([...groupPhotos(table, [{ first: 3, second: 4 }])].slice(0, 5), [0, 1, 0, 2, 2]);
    const chained = groupPhotos(table, [
      { first: 2, second: 4 },
      { first: 4, second: 1 },
    ]);
    assert.deepEqual([...chained].slice(0, 5), [0, 0, 0, 1, 0]);
  });

  test('are counted when split folders tear them apart', () => {
    const table = makeTable([{ content: 'a' }, { content: 'a' }, { content: 'b' }]);
    const group = groupPhotos(table, []);
    assert.equal(countGroupsAcrossSplits(table, group, Uint8Array.of(1, 3, 1, 0)), 1);
    assert.equal(countGroupsAcrossSplits(table, group, Uint8Array.of(1, 1, 3, 0)), 0);
  });
});
