// pawprint data download through the command line against a server on loopback: text, JSON, exit codes, resuming after
// a stop, and the shared photos as Microsoft's archive has them.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { hangUpAfter, startFileServer, type FileServer } from '../src/data/download/test-vectors/file-server.ts';
import { makeZip, type ZipItem } from '../src/data/import/test-vectors/make-zip.ts';
import { repositoryRoot, runPawprint, type Outcome } from './support/run-pawprint.ts';

const photos = join(repositoryRoot, '../shared/data/cats-vs-dogs');

function download(cwd: string, args: readonly string[], meanwhile?: (child: ChildProcess) => void): Promise<Outcome> {
  return runPawprint(['data', 'download', ...args], { cwd, ...(meanwhile === undefined ? {} : { meanwhile }) });
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-data-download-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const small = makeZip([
  { name: 'PetImages/Cat/0.jpg', bytes: Buffer.from('cat 0') },
  { name: 'PetImages/Dog/0.jpg', bytes: Buffer.from('dog 0') },
]);

test('text for a person: where from, the sum and what it is worth, the table', async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startFileServer(t, small, 'pets.zip');
  const args = ['cats-vs-dogs', '--to', 'raw', '--url', server.url];
  const first = await download(folder, args);
  assert.equal(first.exitCode, 0, first.err);
  assert.match(first.out, /CDLA-Permissive-2\.0/);
  assert.match(first.out, /sha256: +[0-9a-f]{64} \(seen for the first time/);
  assert.match(first.out, /cats +dogs +total\n *all +1 +1 +2/);
  assert.match(first.err, /downloading: .*kB/);
  const second = await download(folder, args);
  assert.match(second.out, /nothing to do/);
});

test('failures: exit codes and error objects', async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startFileServer(t, small, 'pets.zip');
  const wrongSum = await download(folder, [
    'cats-vs-dogs',
    '--to',
    'raw',
    '--url',
    server.url,
    '--sha256',
    'a'.repeat(64),
    '--json',
  ]);
  assert.equal(wrongSum.exitCode, 1);
  assert.equal((JSON.parse(wrongSum.out) as { error: { code: string } }).error.code, 'CHECKSUM_MISMATCH');
  for (const args of [
    [],
    ['cats-vs-dogs'],
    ['imagenet', '--to', 'raw'],
    ['cats-vs-dogs', '--to', 'raw', '--sha256', 'short'],
  ])
    assert.equal((await download(folder, args)).exitCode, 2, args.join(' '));
  assert.deepEqual(await readdir(folder), []);
});

test('Ctrl-C in the middle: exit code 130, the part stays; the same command resumes and imports', async (t) => {
  const folder = await temporaryFolder(t);
  const server: FileServer = await startFileServer(t, small, 'pets.zip');
  server.partPath = join(folder, 'pets.zip.part');
  const args = ['cats-vs-dogs', '--to', 'raw', '--url', server.url, '--json'];
  const stopped = await download(folder, args, (child) => {
    // The second request is never answered: it is where the command stands when the signal comes.
    server.answers.push(hangUpAfter(40), () => child.kill('SIGINT'));
  });
  assert.equal(stopped.exitCode, 130, stopped.err);
  assert.deepEqual(await readdir(folder), ['pets.zip.part', 'pets.zip.part.json']);
  const resumed = await download(folder, args);
  assert.equal(resumed.exitCode, 0, resumed.err);
  assert.equal(server.requests.at(-1)?.range, 'bytes=40-');
});

test(
  "the shared photos in the form of Microsoft's archive, over a line that breaks",
  { skip: existsSync(photos) ? false : 'the shared photos are not here' },
  async (t) => {
    const folder = await temporaryFolder(t);
    const items: ZipItem[] = [{ name: 'readme[1].txt', bytes: Buffer.from('x') }];
    for (const [from, to] of [
      ['cats', 'Cat'],
      ['dogs', 'Dog'],
    ] as const)
      for (const [i, name] of (await readdir(join(photos, 'test', from))).entries())
        items.push({
          name: `PetImages/${to}/${i}.jpg`,
          bytes: await readFile(join(photos, 'test', from, name)),
          method: 'deflate',
        });
    const server = await startFileServer(t, makeZip(items), 'kagglecatsanddogs_5340.zip');
    server.partPath = join(folder, 'data/kagglecatsanddogs_5340.zip.part');
    server.answers.push(hangUpAfter(7_000_000), hangUpAfter(9_000_000));
    const { exitCode, out, err } = await download(folder, [
      'cats-vs-dogs',
      '--to',
      'data/raw',
      '--url',
      server.url,
      '--json',
    ]);
    assert.equal(exitCode, 0, err);
    const result = JSON.parse(out) as { import: { counts: object; skipped: object } };
    assert.deepEqual(result.import.counts, { all: { cats: 500, dogs: 500 } });
    assert.deepEqual(result.import.skipped, { 'not a picture (.txt)': 1 });
    assert.deepEqual(
      server.requests.map((request) => request.range),
      [undefined, 'bytes=7000000-', 'bytes=16000000-'],
    );
    assert.deepEqual(await readdir(join(folder, 'data')), ['cats-vs-dogs.download.json', 'raw']);
  },
);
