import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Progress } from '../core/index.ts';
import { writeSampleDataset } from './sample.ts';
import { classCounts, parseReadme, pictureIndex, picturePath, readmeText } from './sample/layout.ts';

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-sample-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Checksum of each file below `folder`, by path. */
async function checksums(folder: string): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const entry of (await readdir(folder, { recursive: true, withFileTypes: true })).filter((e) => e.isFile())) {
    const path = join(entry.parentPath, entry.name);
    result[path.slice(folder.length + 1)] = createHash('md5')
      .update(await readFile(path))
      .digest('hex');
  }
  return result;
}

/** Aborts once `after` pictures are done. */
function abortingProgress(after: number): { readonly progress: Progress; readonly signal: AbortSignal } {
  const controller = new AbortController();
  const update = (done: number): void => {
    if (done >= after) controller.abort();
  };
  return {
    progress: { start: () => ({ update, finish: () => undefined }), line: () => undefined },
    signal: controller.signal,
  };
}

test('count and workers change no byte; a larger count adds to a smaller one', async (t) => {
  const folder = await temporaryFolder(t);
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  const first = await writeSampleDataset({ to: a, count: 40, seed: 5, workers: 2 });
  assert.deepEqual([first.counts, first.written, first.kept], [{ cats: 20, dogs: 20 }, 40, 0]);
  await writeSampleDataset({ to: b, count: 7, seed: 5, workers: 1 });
  const grown = await writeSampleDataset({ to: b, count: 40, seed: 5, workers: 1 });
  assert.deepEqual([grown.written, grown.kept], [33, 7]);
  const sums = await checksums(a);
  assert.deepEqual(await checksums(b), sums);
  assert.equal(Object.keys(sums).length, 41);
  assert.equal(new Set(Object.values(sums)).size, 41, 'no two pictures are the same');
  assert.ok('cats/cat-00001.jpg' in sums && 'dogs/dog-00020.jpg' in sums);
});

test('the README says that these are drawings, whose, and how to get them again', async (t) => {
  const to = await temporaryFolder(t);
  await writeSampleDataset({ to, count: 3, seed: -4, workers: 1 });
  const text = await readFile(join(to, 'README.txt'), 'utf8');
  for (const words of [/drawn by Pawprint/, /NOT photos/, /CC0/, /--count 3 --seed -4/]) assert.match(text, words);
  assert.deepEqual(await readdir(join(to, 'cats')), ['cat-00001.jpg', 'cat-00002.jpg']);
});

test('a stopped run leaves only whole files, and the same call goes on to the same data set', async (t) => {
  const folder = await temporaryFolder(t);
  const [stopped, whole] = [join(folder, 'stopped'), join(folder, 'whole')];
  const options = { to: stopped, count: 100, seed: 1, workers: 1 };
  await assert.rejects(writeSampleDataset({ ...options, ...abortingProgress(1) }), { code: 'CANCELLED' });
  const left = await checksums(stopped);
  assert.ok(Object.keys(left).length < 101);
  // As if the process had been killed in the middle of a write.
  await writeFile(join(stopped, 'cats', '.cat-00049.jpg.0123456789ab.tmp'), 'half');
  const resumed = await writeSampleDataset(options);
  assert.equal(resumed.kept, Object.keys(left).length - 1);
  await writeSampleDataset({ ...options, to: whole });
  const sums = await checksums(whole);
  assert.deepEqual(await checksums(stopped), sums);
  for (const [path, sum] of Object.entries(left)) assert.equal(sum, sums[path]);
});

const occupied: readonly (readonly [string, (to: string) => Promise<unknown>])[] = [
  ['a file of the user', (to) => writeFile(join(to, 'thesis.txt'), '')],
  ['a README.txt of the user', (to) => writeFile(join(to, 'README.txt'), 'mine')],
  ['photos of the user', async (to) => mkdir(join(to, 'cats')).then(() => writeFile(join(to, 'cats', 'tom.jpg'), ''))],
  ['many files', (to) => Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => writeFile(join(to, name), '')))],
  ['another seed', (to) => writeSampleDataset({ to, count: 2, seed: 2, workers: 1 })],
  ['more pictures', (to) => writeSampleDataset({ to, count: 8, seed: 1, workers: 1 })],
  ['another drawing', (to) => writeFile(join(to, 'README.txt'), readmeText({ seed: 1, count: 2, drawing: 0 }))],
  [
    'a photo among the pictures',
    async (to) => {
      await writeSampleDataset({ to, count: 2, seed: 1, workers: 1 });
      await writeFile(join(to, 'dogs', 'rex.jpg'), '');
    },
  ],
];

for (const [name, occupy] of occupied)
  test(`a folder with ${name} is refused and left as it is`, async (t) => {
    const to = await temporaryFolder(t);
    await occupy(to);
    const before = await checksums(to);
    await assert.rejects(writeSampleDataset({ to, count: 4, seed: 1, workers: 1 }), { code: 'ALREADY_EXISTS' });
    assert.deepEqual(await checksums(to), before);
  });

test('a file as the target, a count and a seed that cannot be are clear errors', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  const call = (more: object): Promise<unknown> =>
    writeSampleDataset({ to: join(folder, 'new'), count: 4, seed: 1, workers: 1, ...more });
  await assert.rejects(call({ to: join(folder, 'file') }), { code: 'NOT_A_DIRECTORY' });
  for (const bad of [{ count: 1 }, { count: 2.5 }, { count: NaN }, { seed: 0.5 }])
    await assert.rejects(call(bad), { code: 'CONFIG_INVALID' });
});

test('a picture has one name and a name one picture', () => {
  assert.deepEqual([picturePath(0, 0), picturePath(1, 99_999)], ['cats/cat-00001.jpg', 'dogs/dog-100000.jpg']);
  assert.deepEqual(
    ['dog-100000.jpg', 'dog-00000.jpg', 'dog-000001.jpg', 'cat-00001.jpg', 'dog-1.jpg'].map((name) =>
      pictureIndex(1, name),
    ),
    [99_999, undefined, undefined, undefined, undefined],
  );
  assert.deepEqual(classCounts(5), [3, 2]);
  for (const text of ['', 'pawprint-sample: {', 'pawprint-sample: {"seed":1}', 'pawprint-sample: {"seed":"1"}'])
    assert.equal(parseReadme(text), undefined);
});
