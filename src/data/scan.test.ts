// Listing a data folder: both layouts, the order, what is passed over, and the errors.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { PawprintError, type ErrorCode } from '../core/index.ts';
import { compareCodePoints, scanDataset, type ScannedPhoto, type ScanOptions } from './scan.ts';

const root = mkdtempSync(join(tmpdir(), 'pawprint-scan-'));
after(() => {
  rmSync(root, { recursive: true, force: true });
});

let folders = 0;
function makeFolder(files: Readonly<Record<string, string>>): string {
  const directory = join(root, String(folders++));
  mkdirSync(directory);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    if (path.endsWith('/')) mkdirSync(join(directory, path), { recursive: true });
    else writeFileSync(join(directory, path), content);
  }
  return directory;
}

async function scan(directory: string, options?: ScanOptions): Promise<ScannedPhoto[]> {
  const photos: ScannedPhoto[] = [];
  for await (const photo of scanDataset(directory, options)) photos.push(photo);
  return photos;
}

async function assertRefused(directory: string, code: ErrorCode, message: RegExp): Promise<void> {
  await assert.rejects(scan(directory), (error) => {
    assert.ok(error instanceof PawprintError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.ok(error.hint !== undefined);
    return true;
  });
}

test('class folders: every photo with class and size, subfolders included', async () => {
  const directory = makeFolder({ 'cats/a.jpg': '12345', 'cats/more/b.png': '1', 'dogs/c.jpg': '123' });
  const photos = (await scan(directory)).map(({ path, className, split, size }) => ({ path, className, split, size }));
  assert.deepEqual(photos, [
    { path: 'cats/a.jpg', className: 'cats', split: undefined, size: 5 },
    { path: 'cats/more/b.png', className: 'cats', split: undefined, size: 1 },
    { path: 'dogs/c.jpg', className: 'dogs', split: undefined, size: 3 },
  ]);
});

test('split folders: train, val or validation, test', async () => {
  const files = ['train/cats/a.jpg', 'train/dogs/b.jpg', 'val/dogs/c.jpg', 'test/cats/d.jpg'];
  const photos = await scan(makeFolder(Object.fromEntries(files.map((path) => [path, 'x']))));
  assert.deepEqual(
    photos.map(({ path, className, split }) => [path, className, split]),
    [
      ['test/cats/d.jpg', 'cats', 'test'],
      ['train/cats/a.jpg', 'cats', 'train'],
      ['train/dogs/b.jpg', 'dogs', 'train'],
      ['val/dogs/c.jpg', 'dogs', 'validation'],
    ],
  );
});

test('paths come in code-point order, folders with dots, dashes and characters beyond U+FFFF included', async () => {
  const names = ['a/z.jpg', 'a-b/z.jpg', 'a.jpg', 'a0.jpg', '\u{1f431}.jpg', '\uff21.jpg', 'B.jpg', '\u00e9.jpg'];
  const files = ['c', 'c-1', 'c.d'].flatMap((name) => names.map((path) => [`${name}/${path}`, 'x']));
  const paths = (await scan(makeFolder(Object.fromEntries(files) as Record<string, string>))).map(({ path }) => path);
  assert.equal(paths.length, files.length);
  assert.deepEqual(
    paths,
    paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  assert.ok(compareCodePoints('\u{1f431}', '\uff21') > 0);
  assert.equal(compareCodePoints('a', 'a'), 0);
});

test('passed over and counted: hidden, system, no pictures; a picture without ending is taken', async () => {
  const jpeg = '\xff\xd8\xff\xe0..........';
  const directory = makeFolder({
    'cats/a.jpg': 'x',
    'dogs/b.jpg': 'x',
    'cats/.hidden.jpg': 'x',
    'cats/.git/c.jpg': 'x',
    'cats/Thumbs.db': 'x',
    'cats/notes.txt': 'x',
    'loose.jpg': 'x',
    'readme.md': 'x',
  });
  writeFileSync(join(directory, 'dogs/photo'), Buffer.from(jpeg, 'latin1'));
  symlinkSync('../cats', join(directory, 'dogs/linked'));
  symlinkSync('nowhere.jpg', join(directory, 'dogs/broken.jpg'));
  symlinkSync('../cats/a.jpg', join(directory, 'dogs/link.jpg'));
  const ignored: string[] = [];
  const photos = await scan(directory, { onIgnored: (path, reason) => ignored.push(`${path}: ${reason}`) });
  assert.deepEqual(
    photos.map(({ path, size }) => `${path} ${size}`),
    ['cats/a.jpg 1', 'dogs/b.jpg 1', 'dogs/broken.jpg 0', 'dogs/link.jpg 1', 'dogs/photo 14'],
  );
  assert.deepEqual(ignored.sort(), [
    'cats/.git: hidden',
    'cats/.hidden.jpg: hidden',
    'cats/Thumbs.db: system file',
    'cats/notes.txt: not a picture (.txt)',
    'dogs/linked: link to a folder',
    'loose.jpg: photo outside a class folder',
    'readme.md: not a picture (.md)',
  ]);
});

test('clear errors: nothing there, a file, no classes, one class, an empty class, mixed folders', async () => {
  const photo = { 'cats/a.jpg': 'x' };
  await assertRefused(join(root, 'nowhere'), 'FILE_NOT_FOUND', /nowhere/);
  await assertRefused(join(makeFolder(photo), 'cats/a.jpg'), 'NOT_A_DIRECTORY', /is a file/);
  await assertRefused(makeFolder({}), 'DATASET_INVALID', /no class folders/);
  await assertRefused(makeFolder({ 'cat.0.jpg': 'x', 'dog.0.jpg': 'x' }), 'DATASET_INVALID', /no class folders/);
  await assertRefused(makeFolder(photo), 'DATASET_INVALID', /one class only/);
  await assertRefused(makeFolder({ ...photo, 'dogs/': '' }), 'DATASET_INVALID', /no photos of dogs/);
  await assertRefused(makeFolder({ 'train/cats/a.jpg': 'x', 'dogs/b.jpg': 'x' }), 'DATASET_INVALID', /side by side/);
});

test('an empty class is let through where asked, and a class may be missing from one split', async () => {
  assert.equal((await scan(makeFolder({ 'cats/a.jpg': 'x', 'dogs/': '' }), { allowEmptyClasses: true })).length, 1);
  const split = { 'train/cats/a.jpg': 'x', 'train/dogs/b.jpg': 'x', 'test/cats/c.jpg': 'x', 'test/dogs/': '' };
  assert.equal((await scan(makeFolder(split))).length, 3);
});

test('an aborted signal stops the listing with CANCELLED', async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(scan(makeFolder({ 'cats/a.jpg': 'x', 'dogs/b.jpg': 'x' }), { signal }), { code: 'CANCELLED' });
});
