// The walk over typed paths: order, what is taken, and what stands in the place of a bad path.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { listPhotoInputs, looksLikePhoto, type PhotoInput } from './photo-input.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawprint-photo-input-'));
  for (const name of [
    'b.jpg',
    'a.PNG',
    'notes.txt',
    '.hidden.jpg',
    'inner/z.webp',
    'inner/deeper/y.jpeg',
    '__MACOSX/x.jpg',
  ]) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), '');
  }
  await mkdir(join(folder, 'empty'));
});
after(async () => rm(folder, { recursive: true, force: true }));

async function list(...paths: string[]): Promise<PhotoInput[]> {
  const inputs: PhotoInput[] = [];
  for await (const input of listPhotoInputs(paths, (path) => resolve(folder, path))) inputs.push(input);
  return inputs;
}

test('a folder gives its pictures, sorted, deeper ones in their place, hidden and other files left out', async () => {
  const names = (await list('.')).map((input) => input.name);
  assert.deepEqual(names, ['a.PNG', 'b.jpg', join('inner', 'deeper', 'y.jpeg'), join('inner', 'z.webp')]);
});

test('paths keep their order and form; a file named by hand is taken whatever its ending', async () => {
  const names = (await list('notes.txt', './inner', 'b.jpg')).map((input) => input.name);
  assert.deepEqual(names, ['notes.txt', join('inner', 'deeper', 'y.jpeg'), join('inner', 'z.webp'), 'b.jpg']);
});

test('a missing path and a folder without pictures are errors in their place', async () => {
  const inputs = await list('missing.jpg', 'empty', 'b.jpg');
  assert.deepEqual(
    inputs.map((input) => ('error' in input ? input.error.code : input.name)),
    ['FILE_NOT_FOUND', 'DATASET_INVALID', 'b.jpg'],
  );
});

test('links that go round in a circle end', async () => {
  const loop = join(folder, 'inner', 'loop');
  await symlink(folder, loop);
  try {
    assert.equal((await list('.')).length, 4);
  } finally {
    await rm(loop);
  }
});

test('picture endings are known in any case', () => {
  assert.ok(looksLikePhoto('A.JPEG') && looksLikePhoto('a.webp'));
  assert.ok(!looksLikePhoto('.a.jpg') && !looksLikePhoto('jpg') && !looksLikePhoto('a.jpg.txt'));
});
