// CSVs as people and spreadsheets write them, and what is said of the rows that cannot be used.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { importPhotos, type ImportOptions } from './import-photos.ts';
import type { ImportResult } from './import-result.ts';
import { makeTree, readTree, temporaryFolder } from './test-vectors/trees.ts';

const photos = { 'in/a.jpg': 'A', 'in/b, c.jpg': 'B', 'in/sub/d.png': 'D', 'other/e.jpg': 'E' };

async function importCsv(
  t: TestContext,
  csv: string | Uint8Array,
  options: Partial<ImportOptions> = {},
): Promise<{ result: ImportResult; files: Record<string, string> }> {
  const root = await temporaryFolder(t);
  await makeTree(root, { ...photos, 'in/labels.csv': csv });
  const result = await importPhotos({ sources: ['in/labels.csv'], to: 'target', cwd: root, ...options });
  return { result, files: await readTree(join(root, 'target')) };
}

test('quotes, commas in names, paths outside the folder', async (t) => {
  const { files, result } = await importCsv(t, 'path,label\na.jpg,cats\n"b, c.jpg","dogs"\n../other/e.jpg,dogs\n');
  assert.deepEqual(files, { 'cats/a.jpg': 'A', 'dogs/b, c.jpg': 'B', 'dogs/e.jpg': 'E' });
  assert.equal(result.sources[0]?.recognisedAs, 'a CSV of path,label');
});

test('byte order mark, CRLF, other case, other order, more columns, splits, empty lines', async (t) => {
  const csv = '\uFEFFLabel,Note,PATH,Split\r\ncats,x,a.jpg,Train\r\n\r\ndogs,"two\r\nlines",sub/d.png,val\r\n';
  const { files, result } = await importCsv(t, csv);
  assert.deepEqual(files, { 'train/cats/a.jpg': 'A', 'validation/dogs/d.png': 'D' });
  assert.deepEqual(result.counts, { train: { cats: 1 }, validation: { dogs: 1 } });
});

test('semicolons, backslashes, repeated rows, what is no picture', async (t) => {
  const csv = 'path;label\na.jpg;cats\na.jpg;cats\nsub\\d.png;dogs\nlabels.csv;dogs\n';
  const { files, result } = await importCsv(t, csv);
  assert.deepEqual(files, { 'cats/a.jpg': 'A', 'dogs/d.png': 'D' });
  assert.deepEqual(result.skipped, { 'not a picture (.csv)': 1, 'repeated row': 1 });
});

test('one photo under two labels is imported under both and told', async (t) => {
  const { result } = await importCsv(t, 'path,label\na.jpg,cats\na.jpg,dogs\n');
  assert.equal(result.sameBytesAcrossClasses.count, 1);
});

const wrong: readonly (readonly [string, string | Uint8Array, string, RegExp])[] = [
  [
    'missing files',
    'path,label\na.jpg,cats\ngone.jpg,cats\nalso gone.jpg,dogs\n',
    'FILE_NOT_FOUND',
    /2 file\(s\)[^]*line 3: gone\.jpg[^]*line 4: also gone\.jpg/,
  ],
  ['a folder', 'path,label\na.jpg,cats\nfolder.jpg,dogs\n', 'FILE_NOT_FOUND', /folder\.jpg/],
  ['no header', 'a.jpg,cats\nb.jpg,dogs\n', 'DATASET_INVALID', /first line names the columns a\.jpg, cats/],
  ['header only', 'path,label\n', 'DATASET_INVALID', /no rows/],
  ['empty file', '', 'DATASET_INVALID', /no rows/],
  ['no label', 'path,label\na.jpg,\n', 'DATASET_INVALID', /line 2 has no label/],
  ['no path', 'path,label\na.jpg,cats\n,dogs\n', 'DATASET_INVALID', /line 3 has no path/],
  ['unknown split', 'path,label,split\na.jpg,cats,holdout\n', 'DATASET_INVALID', /split "holdout"/],
  [
    'some splits',
    'path,label,split\na.jpg,cats,train\nsub/d.png,dogs,\n',
    'DATASET_INVALID',
    /some photos belong to a split/,
  ],
  ['a label that climbs', 'path,label\na.jpg,../../cats\n', 'DATASET_INVALID', /line 2.*slash/],
  ['too many cells', 'path,label\na.jpg,cats,train\n', 'DATASET_INVALID', /line 2/],
  ['an open quote', 'path,label\n"a.jpg,cats\n', 'DATASET_INVALID', /Quote/i],
  ['UTF-16', Buffer.from('\uFEFFpath,label\n', 'utf16le'), 'DATASET_INVALID', /UTF-8/],
  ['one class', 'path,label\na.jpg,cats\n', 'DATASET_INVALID', /one class/],
];
for (const [name, csv, code, message] of wrong)
  test(`refused: ${name}`, async (t) => {
    const root = await temporaryFolder(t);
    await makeTree(root, { ...photos, 'in/labels.csv': csv });
    await mkdir(join(root, 'in/folder.jpg'));
    await assert.rejects(importPhotos({ sources: ['in/labels.csv'], to: 'target', cwd: root }), { code, message });
    await assert.rejects(readTree(join(root, 'target')), { code: 'ENOENT' });
  });

test('a CSV of another name is taken with --layout csv', async (t) => {
  const root = await temporaryFolder(t);
  await makeTree(root, { ...photos, 'in/labels.txt': 'path,label\na.jpg,cats\nsub/d.png,dogs\n' });
  const result = await importPhotos({ sources: ['in/labels.txt'], to: 'target', cwd: root, layout: 'csv' });
  assert.equal(result.photos, 2);
});
