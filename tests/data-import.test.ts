// pawprint data import through the real command: the shared photos in every form, a kill -9 in the middle, words and
// exit codes.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { create } from 'tar';
import { hashFile } from '../src/core/index.ts';
import { makeZip, type ZipItem } from '../src/data/import/test-vectors/make-zip.ts';
import { repositoryRoot, runPawprint } from './support/run-pawprint.ts';

const photos = join(repositoryRoot, '../shared/data/cats-vs-dogs');
const realPhotos = { skip: existsSync(photos) ? false : 'the shared photos are not here' };

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-data-import-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface ImportJson {
  readonly counts: Record<string, Record<string, number>>;
  readonly copied: number;
  readonly alreadyThere: number;
  readonly sources: readonly { readonly recognisedAs: string }[];
}

async function importJson(...args: string[]): Promise<ImportJson> {
  const { exitCode, out, err } = await runPawprint(['data', 'import', ...args, '--json']);
  assert.equal(exitCode, 0, err);
  return JSON.parse(out) as ImportJson;
}

/** md5 of every file below `root`, by path. */
async function digests(root: string): Promise<Record<string, string>> {
  const items = await readdir(root, { withFileTypes: true, recursive: true });
  const paths = items.filter((item) => !item.isDirectory()).map((item) => join(item.parentPath, item.name));
  const found: [string, string][] = [];
  for (const path of paths.sort()) found.push([path.slice(root.length), await hashFile('md5', path)]);
  return Object.fromEntries(found);
}

const all = { train: { cats: 1000, dogs: 1000 }, test: { cats: 500, dogs: 500 } };

test('the shared photos: 1,000 + 1,000 + 500 + 500, byte for byte, twice, and as text', realPhotos, async (t) => {
  const to = join(await temporaryFolder(t), 'raw');
  const first = await importJson(photos, '--to', to);
  assert.deepEqual([first.counts, first.copied], [all, 3000]);
  assert.deepEqual(await digests(to), await digests(photos));
  const { exitCode, out } = await runPawprint(['data', 'import', photos, '--to', to]);
  assert.equal(exitCode, 0);
  assert.match(out, /train +1,000 +1,000 +2,000\n *test +500 +500 +1,000/);
  assert.match(out, /0 copied, 3,000 were there already/);
});

test('the shared photos as a tar.gz', realPhotos, async (t) => {
  const folder = await temporaryFolder(t);
  await create({ file: join(folder, 'photos.tgz'), cwd: photos, gzip: { level: 1 } }, ['.']);
  const result = await importJson(join(folder, 'photos.tgz'), '--to', join(folder, 'raw'));
  assert.deepEqual(result.counts, all);
  assert.deepEqual(await digests(join(folder, 'raw')), await digests(photos));
});

test('the shared photos as a zip', realPhotos, async (t) => {
  const folder = await temporaryFolder(t);
  const items: ZipItem[] = [];
  for (const item of await readdir(photos, { withFileTypes: true, recursive: true })) {
    const path = join(item.parentPath, item.name);
    if (item.isFile())
      items.push({ name: `cats-vs-dogs${path.slice(photos.length)}`, bytes: await readFile(path), method: 'deflate' });
  }
  await writeFile(join(folder, 'photos.zip'), makeZip(items));
  const result = await importJson(join(folder, 'photos.zip'), '--to', join(folder, 'raw'));
  assert.deepEqual(result.counts, all);
  assert.deepEqual(await digests(join(folder, 'raw')), await digests(photos));
});

test("the shared photos under Kaggle's flat names", realPhotos, async (t) => {
  const folder = await temporaryFolder(t);
  for (const split of ['train', 'test'])
    for (const [label, word] of [
      ['cats', 'cat'],
      ['dogs', 'dog'],
    ] as const) {
      await mkdir(join(folder, 'flat', split), { recursive: true });
      for (const [i, name] of (await readdir(join(photos, split, label))).entries())
        await copyFile(join(photos, split, label, name), join(folder, 'flat', split, `${word}.${i}.jpg`));
    }
  const result = await importJson(join(folder, 'flat'), '--to', join(folder, 'raw'));
  assert.deepEqual(result.counts, all);
  assert.equal(result.sources[0]?.recognisedAs, 'a folder with flat names like cat.0.jpg');
});

test('kill -9 in the middle leaves whole files only, and the same command goes on', async (t) => {
  const folder = await temporaryFolder(t);
  const source = join(folder, 'source');
  const text = 'a photo '.repeat(2000);
  for (const label of ['cats', 'dogs']) {
    await mkdir(join(source, label), { recursive: true });
    await Promise.all(
      Array.from({ length: 2000 }, (_, i) => writeFile(join(source, label, `${i}.jpg`), `${text}${label}${i}`)),
    );
  }
  const to = join(folder, 'raw');
  const killed = await runPawprint(['data', 'import', source, '--to', to], {
    meanwhile: (child) => {
      const poll = setInterval(() => {
        if (existsSync(join(to, 'cats'))) child.kill('SIGKILL');
      }, 2);
      child.on('close', () => {
        clearInterval(poll);
      });
    },
  });
  assert.equal(killed.signal, 'SIGKILL');
  const sourceDigests = await digests(source);
  const partial = Object.entries(await digests(to)).filter(([path]) => !path.startsWith('/.pawprint-import-'));
  assert.ok(partial.length < 4000, 'it was killed before its end');
  for (const [path, digest] of partial) assert.equal(digest, sourceDigests[path], path);

  const result = await importJson(source, '--to', to);
  assert.deepEqual([result.copied, result.alreadyThere], [4000 - partial.length, partial.length]);
  assert.deepEqual(await digests(to), sourceDigests, 'nothing of the killed run is left over');
});

test('usage and failures: exit codes, words on stderr, an error object with --json', async (t) => {
  const folder = await temporaryFolder(t);
  const missing = await runPawprint(['data', 'import', 'nowhere', '--to', join(folder, 'raw'), '--json']);
  assert.equal(missing.exitCode, 1);
  assert.equal((JSON.parse(missing.out) as { error: { code: string } }).error.code, 'FILE_NOT_FOUND');
  for (const args of [
    [],
    ['x'],
    ['x', '--to', 'y', '--rename', 'Cat'],
    ['x', '--to', 'y', '--merge', '--overwrite'],
    ['x', '--to', 'y', '--layout', 'kaggle'],
  ])
    assert.equal((await runPawprint(['data', 'import', ...args])).exitCode, 2, args.join(' '));
  assert.deepEqual(await readdir(folder), []);
});
