// Imports from folders: what comes in, what stays out, what is refused, and that a second run finds everything in place.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { hashBytes } from '../../core/index.ts';
import { chmod, link, mkdir, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { importPhotos, type ImportOptions } from './import-photos.ts';
import { makeTree, readTree, temporaryFolder } from './test-vectors/trees.ts';

const two = { 'cats/a.jpg': 'cat a', 'cats/b.jpg': 'cat b', 'dogs/a.jpg': 'dog a' };
const md5 = (text: string): string => hashBytes('md5', text);

async function importTree(
  root: string,
  files: Readonly<Record<string, string>>,
  options: Partial<ImportOptions> = {},
): Promise<Awaited<ReturnType<typeof importPhotos>>> {
  await makeTree(join(root, 'source'), files);
  return importPhotos({ sources: ['source'], to: 'target', cwd: root, ...options });
}

test('class folders come over byte for byte, and a second run writes nothing', async (t) => {
  const root = await temporaryFolder(t);
  const first = await importTree(root, two);
  assert.deepEqual(await readTree(join(root, 'target')), two);
  assert.deepEqual(first.counts, { all: { cats: 2, dogs: 1 } });
  assert.deepEqual([first.copied, first.alreadyThere, first.photos, first.bytes], [3, 0, 3, 15]);
  assert.deepEqual(await readdir(join(root, 'target')), ['cats', 'dogs'], 'no record and no hidden folder is left');

  const old = new Date(1e12);
  await utimes(join(root, 'target/cats/a.jpg'), old, old);
  const second = await importTree(root, two);
  assert.deepEqual([second.copied, second.alreadyThere, second.photos], [0, 3, 3]);
  assert.equal((await stat(join(root, 'target/cats/a.jpg'))).mtimeMs, 1e12, 'a photo in place is not touched');
});

test('splits are kept, val becomes validation, in the order train, validation, test', async (t) => {
  const root = await temporaryFolder(t);
  const result = await importTree(root, {
    'x/val/a/1.png': '1',
    'x/Test/b/1.png': '2',
    'x/train/a/1.png': '3',
    'x/train/b/1.png': '4',
  });
  assert.deepEqual(Object.keys(await readTree(join(root, 'target'))), [
    'test/b/1.png',
    'train/a/1.png',
    'train/b/1.png',
    'validation/a/1.png',
  ]);
  assert.deepEqual(Object.keys(result.counts), ['train', 'validation', 'test']);
  assert.deepEqual(result.notes, ['the split validation has no photo of b', 'the split test has no photo of a']);
});

test('what is no picture is skipped and counted by kind; broken pictures come over untouched', async (t) => {
  const root = await temporaryFolder(t);
  const result = await importTree(root, {
    ...two,
    'cats/empty.jpg': '',
    'dogs/broken.PNG': 'not really',
    'cats/Thumbs.db': 'x',
    'cats/.DS_Store': 'x',
    'notes.txt': 'x',
    'dogs/best.ckpt': 'x',
    'dogs/README': 'x',
    'cats/.ipynb_checkpoints/a-checkpoint.jpg': 'x',
    '__MACOSX/cats/._a.jpg': 'x',
  });
  assert.deepEqual(result.counts, { all: { cats: 3, dogs: 2 } });
  assert.deepEqual(result.skipped, {
    hidden: 1,
    'hidden folder': 2,
    'not a picture (.ckpt)': 1,
    'not a picture (.txt)': 1,
    'not a picture (no ending)': 1,
    'system file': 1,
  });
  assert.equal((await readTree(join(root, 'target')))['dogs/broken.PNG'], 'not really');
});

test(
  'links to files are followed, links to folders, to nothing and in circles are not',
  { skip: process.platform === 'win32' },
  async (t) => {
    const root = await temporaryFolder(t);
    const source = await makeTree(join(root, 'source'), { ...two, '../elsewhere/c.jpg': 'cat c' });
    await symlink(join(root, 'elsewhere/c.jpg'), join(source, 'cats/link.jpg'));
    await symlink(join(source, 'cats'), join(source, 'dogs/circle'));
    await symlink('nowhere.jpg', join(source, 'dogs/dangling.jpg'));
    await symlink('self.jpg', join(source, 'dogs/self.jpg'));
    const result = await importPhotos({ sources: [source], to: join(root, 'target') });
    assert.deepEqual(await readTree(join(root, 'target')), { ...two, 'cats/link.jpg': 'cat c' });
    assert.deepEqual(result.skipped, { 'link to a folder': 1, 'link to nothing': 2 });
    assert.equal((await stat(join(root, 'target/cats/link.jpg'))).isFile(), true);
    // A copy, not a second name of the same bytes: changing it must not change the source.
    await link(join(source, 'cats/a.jpg'), join(root, 'probe'));
    assert.notEqual((await stat(join(root, 'target/cats/a.jpg'))).ino, (await stat(join(root, 'probe'))).ino);
  },
);

test('spaces, other alphabets, newlines, 255 bytes', { skip: process.platform === 'win32' }, async (t) => {
  const root = await temporaryFolder(t);
  const long = `${'x'.repeat(251)}.jpg`;
  const files = {
    'große Katzen/my cat (1).jpg': '1',
    'große Katzen/猫\n.jpg': '2',
    [`犬/${long}`]: '3',
    '犬/-rf.jpg': '4',
  };
  await importTree(root, files);
  assert.deepEqual(await readTree(join(root, 'target')), files);
  assert.equal((await importTree(root, files)).alreadyThere, 4);
});

test('a name that is not UTF-8 is left out and counted', { skip: process.platform !== 'linux' }, async (t) => {
  const root = await temporaryFolder(t);
  const source = await makeTree(join(root, 'source'), two);
  await writeFile(
    Buffer.concat([Buffer.from(join(source, 'cats/')), Buffer.from([0xff, 0xfe]), Buffer.from('.jpg')]),
    'x',
  );
  const result = await importPhotos({ sources: [source], to: join(root, 'target') });
  assert.deepEqual([result.photos, result.skipped], [3, { 'name is not UTF-8': 1 }]);
});

test(
  'names that differ by case only: the second gets md5 digits, again on the next run',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const root = await temporaryFolder(t);
    const files = { ...two, 'cats/A.jpg': 'other' };
    const result = await importTree(root, files);
    assert.equal(result.renamed, 1);
    // In the order of the code points A.jpg comes first and keeps its name.
    const names = Object.keys(await readTree(join(root, 'target')));
    assert.deepEqual(names, ['cats/A.jpg', `cats/a-${md5('cat a').slice(0, 8)}.jpg`, 'cats/b.jpg', 'dogs/a.jpg']);
    assert.deepEqual(
      [(await importTree(root, files)).copied, (await readdir(join(root, 'target/cats'))).length],
      [0, 3],
    );
  },
);

test('several sources: same bytes and class kept once, same name with other bytes renamed, same bytes in two classes told', async (t) => {
  const root = await temporaryFolder(t);
  await makeTree(join(root, 'one'), { ...two, 'cats/twin.jpg': 'cat a' });
  await makeTree(join(root, 'two'), {
    'cats/other-name.jpg': 'cat a',
    'cats/b.jpg': 'another b',
    'dogs/c.jpg': 'cat b',
  });
  const result = await importPhotos({ sources: ['one', 'two'], to: 'target', cwd: root });
  assert.deepEqual(await readTree(join(root, 'target')), {
    ...two,
    [`cats/b-${md5('another b').slice(0, 8)}.jpg`]: 'another b',
    // Within one source the import is faithful; finding duplicates there is the check step's.
    'cats/twin.jpg': 'cat a',
    'dogs/c.jpg': 'cat b',
  });
  assert.deepEqual([result.repeated, result.renamed], [1, 1]);
  assert.deepEqual(result.sameBytesAcrossClasses, {
    count: 1,
    first: [{ md5: md5('cat b'), paths: ['cats/b.jpg', 'dogs/c.jpg'] }],
  });
});

test('subfolders of a class are flattened without losing a photo', async (t) => {
  const root = await temporaryFolder(t);
  const result = await importTree(root, {
    'cats/x/1.jpg': 'one',
    'cats/y/1.jpg': 'two',
    'cats/z/1.jpg': 'one',
    'dogs/1.jpg': 'dog',
  });
  assert.deepEqual(await readTree(join(root, 'target')), {
    [`cats/1-${md5('two').slice(0, 8)}.jpg`]: 'two',
    'cats/1.jpg': 'one',
    'dogs/1.jpg': 'dog',
  });
  assert.equal(result.repeated, 1);
});

test('the same bytes in train and test are told', async (t) => {
  const root = await temporaryFolder(t);
  const result = await importTree(root, {
    'train/a/1.jpg': 'x',
    'train/b/1.jpg': 'y',
    'test/a/2.jpg': 'x',
    'test/b/2.jpg': 'z',
  });
  assert.deepEqual(result.sameBytesAcrossSplits.first, [{ md5: md5('x'), paths: ['test/a/2.jpg', 'train/a/1.jpg'] }]);
  assert.equal(result.photos, 4);
});

test('--rename, --only and --split', async (t) => {
  const root = await temporaryFolder(t);
  const files = { 'Cat/1.jpg': 'c', 'Dog/1.jpg': 'd', 'Fox/1.jpg': 'f' };
  const result = await importTree(root, files, {
    rename: { Cat: 'cats', Dog: 'dogs' },
    only: ['cats', 'dogs'],
    split: 'test',
  });
  assert.deepEqual(await readTree(join(root, 'target')), { 'test/cats/1.jpg': 'c', 'test/dogs/1.jpg': 'd' });
  assert.deepEqual(result.skipped, { 'another class than asked for': 1 });
  for (const wrong of [{ rename: { cat: 'cats' } }, { only: ['Wolf'] }])
    await assert.rejects(importTree(root, files, { ...wrong, to: 'other' }), {
      code: 'USAGE',
      expected: /Cat, Dog, Fox/,
    });
});

const refusals: readonly (readonly [string, Record<string, string>, string, RegExp])[] = [
  ['one class only', { 'cats/cat.1.jpg': 'c' }, 'DATASET_INVALID', /one class only: cats/],
  [
    'an empty class',
    { 'cats/1.jpg': 'c', 'dogs/1.jpg': 'd', 'foxes/notes.txt': 'x' },
    'DATASET_INVALID',
    /foxes\/ holds no picture/,
  ],
  ['no picture at all', { 'cats/a.txt': 'c', 'data.zip': 'z' }, 'DATASET_INVALID', /holds no picture/],
  ['two spellings of a class', { 'cat/1.jpg': 'c', 'cats/1.jpg': 'd' }, 'DATASET_INVALID', /spelled twice/],
];
for (const [name, files, code, message] of refusals)
  test(`refused with nothing written: ${name}`, async (t) => {
    const root = await temporaryFolder(t);
    await assert.rejects(importTree(root, files), (error: { code: string; message: string; hint: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok(error.hint.length > 10);
      return true;
    });
    assert.deepEqual(await readdir(root), ['source']);
  });

test('two spellings that were meant are taken', async (t) => {
  const root = await temporaryFolder(t);
  const files = { 'new/1.jpg': 'c', 'news/1.jpg': 'd' };
  await assert.rejects(importTree(root, files), { code: 'DATASET_INVALID' });
  const result = await importTree(root, files, { rename: { new: 'new', news: 'news' } });
  assert.deepEqual(result.classNames, ['new', 'news']);
});

test('sources and targets that cannot be: each with its own word', async (t) => {
  const root = await temporaryFolder(t);
  await makeTree(root, { 'source/cats/1.jpg': 'c', 'source/dogs/1.jpg': 'd', 'text.txt': 'x', 'photo.jpg': 'x' });
  const run = (source: string, to: string): Promise<unknown> => importPhotos({ sources: [source], to, cwd: root });
  await assert.rejects(run('absent', 'target'), { code: 'FILE_NOT_FOUND', message: /absent/ });
  await assert.rejects(run('text.txt', 'target'), { code: 'NOT_A_DIRECTORY', expected: /folder/ });
  await assert.rejects(run('photo.jpg', 'target'), { code: 'NOT_A_DIRECTORY', received: /single picture/ });
  await assert.rejects(run('source', 'text.txt'), { code: 'NOT_A_DIRECTORY' });
  await assert.rejects(run('source', 'source'), { code: 'USAGE', message: /same folder/ });
  await assert.rejects(run('source', 'source/deep/inside'), { code: 'USAGE', message: /lies inside/ });
  await assert.rejects(run('source', '.'), { code: 'USAGE', message: /holds/ });
  if (process.platform !== 'win32') {
    await symlink(join(root, 'source'), join(root, 'alias'));
    await assert.rejects(run('source', 'alias/new'), { code: 'USAGE', message: /lies inside/ });
  }
  assert.equal((await readdir(join(root, 'source'))).length, 2);
});

test('a target with other content is refused before anything is written, --merge adds, --overwrite replaces', async (t) => {
  const root = await temporaryFolder(t);
  const target = join(root, 'target');
  const before = { '.gitignore': '*', 'cats/a.jpg': 'older a', 'cats/same.jpg': 'cat b', 'foxes/f.jpg': 'fox' };
  await makeTree(target, before);
  await assert.rejects(importTree(root, two), { code: 'ALREADY_EXISTS', message: /cats\/a\.jpg/, hint: /--merge/ });
  assert.deepEqual(await readTree(target), before);

  const merged = await importTree(root, two, { existing: 'merge' });
  const afterMerge = { ...before, [`cats/a-${md5('cat a').slice(0, 8)}.jpg`]: 'cat a', 'dogs/a.jpg': 'dog a' };
  assert.deepEqual(
    await readTree(target),
    Object.fromEntries(Object.entries(afterMerge).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  assert.deepEqual([merged.copied, merged.repeated, merged.photos], [2, 1, 5]);
  const again = await importTree(root, two, { existing: 'merge' });
  assert.deepEqual([again.copied, again.alreadyThere, again.repeated, again.photos], [0, 1, 2, 5]);

  const replaced = await importTree(root, two, { existing: 'overwrite' });
  assert.deepEqual(await readTree(target), { '.gitignore': '*', ...two });
  assert.equal(replaced.removed, 3);
  assert.deepEqual(await readdir(target), ['.gitignore', 'cats', 'dogs'], 'emptied class folders go too');
});

test('a photo of the same size but other bytes is never overwritten unasked', async (t) => {
  const root = await temporaryFolder(t);
  await makeTree(join(root, 'target'), { 'cats/a.jpg': 'CAT A' });
  await assert.rejects(importTree(root, two), { code: 'ALREADY_EXISTS', message: /cats\/a\.jpg/ });
  assert.equal((await readTree(join(root, 'target')))['cats/a.jpg'], 'CAT A');
});

test("--overwrite and --merge leave other people's files alone", async (t) => {
  const root = await temporaryFolder(t);
  await makeTree(join(root, 'target'), { 'thesis.doc': 'years of work' });
  for (const existing of ['overwrite', 'merge'] as const)
    await assert.rejects(importTree(root, two, { existing }), { code: 'ALREADY_EXISTS', message: /thesis\.doc/ });
  assert.deepEqual(await readTree(join(root, 'target')), { 'thesis.doc': 'years of work' });
});

test('splits and no splits do not mix, in sources or with the target', async (t) => {
  const root = await temporaryFolder(t);
  await makeTree(join(root, 'split'), { 'train/cats/1.jpg': 'c', 'test/dogs/1.jpg': 'd' });
  await makeTree(join(root, 'plain'), two);
  await assert.rejects(importPhotos({ sources: ['split', 'plain'], to: 'target', cwd: root }), { hint: /--split/ });
  const result = await importPhotos({ sources: ['split', 'plain'], to: 'target', cwd: root, split: 'train' });
  assert.deepEqual(result.counts, { train: { cats: 3, dogs: 1 }, test: { dogs: 1 } });
  await assert.rejects(importPhotos({ sources: ['plain'], to: 'target', cwd: root, existing: 'merge' }), {
    hint: /--split/,
  });
});

test('what a killed run left is gone on with, its half-written files removed', async (t) => {
  const root = await temporaryFolder(t);
  // No process has this number: pid_max is at most 2^22.
  await makeTree(join(root, 'target'), { 'cats/a.jpg': 'cat a', '.pawprint-import-4194399/7': 'ca' });
  const result = await importTree(root, two);
  assert.deepEqual([result.copied, result.alreadyThere], [2, 1]);
  assert.deepEqual(await readTree(join(root, 'target')), two);
});

test('stopped on request: CANCELLED, whole files only, and the next run completes', async (t) => {
  const root = await temporaryFolder(t);
  const files = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`${i % 2 === 0 ? 'cats' : 'dogs'}/${i}.jpg`, `photo ${i}`]),
  );
  const controller = new AbortController();
  const progress = {
    line: () => undefined,
    start: (label: string) => ({
      update: (done: number) => {
        if (label === 'importing' && done === 50) controller.abort();
      },
      finish: () => undefined,
    }),
  };
  await assert.rejects(importTree(root, files, { signal: controller.signal, progress }), {
    code: 'CANCELLED',
    hint: /same command/,
  });
  const partial = await readTree(join(root, 'target'));
  assert.ok(Object.keys(partial).length >= 40 && Object.keys(partial).length < 200);
  for (const [path, text] of Object.entries(partial)) assert.equal(text, files[path]);
  const result = await importTree(root, files);
  assert.deepEqual([result.alreadyThere, result.photos], [Object.keys(partial).length, 200]);
});

test(
  'a file that may not be read is named',
  { skip: process.platform === 'win32' || process.getuid?.() === 0 },
  async (t) => {
    const root = await temporaryFolder(t);
    await makeTree(join(root, 'source'), two);
    await chmod(join(root, 'source/cats/b.jpg'), 0);
    await assert.rejects(importTree(root, {}), { code: 'PERMISSION_DENIED', message: /b\.jpg/ });
  },
);

test('an empty folder as target is as good as none, and stays when nothing could be imported', async (t) => {
  const root = await temporaryFolder(t);
  await mkdir(join(root, 'target'));
  await assert.rejects(importTree(root, { 'cats/cat.1.jpg': 'c' }), { code: 'DATASET_INVALID' });
  assert.deepEqual(await readdir(join(root, 'target')), []);
  assert.equal((await importTree(root, { ...two, 'cats/cat.1.jpg': 'c' })).photos, 4);
});

test('a disk that fills up: DISK_FULL, whole photos only, and with room again the rest comes', async (t) => {
  const root = await temporaryFolder(t);
  const disk = join(root, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    t.skip('only root can mount the small disk for this');
    return;
  }
  try {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`${i % 2 === 0 ? 'cats' : 'dogs'}/${i}.jpg`, `${i} `.repeat(10_000)]),
    );
    const to = join(disk, 'raw');
    await assert.rejects(importTree(root, files, { to }), { code: 'DISK_FULL', hint: /same command/ });
    const partial = await readTree(to);
    assert.ok(Object.keys(partial).length > 0);
    for (const [path, text] of Object.entries(partial)) assert.equal(text, files[path], path);
    execFileSync('mount', ['-o', 'remount,size=4m', disk]);
    assert.equal((await importTree(root, files, { to })).photos, 20);
  } finally {
    execFileSync('umount', [disk]);
  }
});
