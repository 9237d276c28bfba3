// A data set from address to class folders, against a server on loopback: checksums, receipts, runs that go on.
import assert from 'node:assert/strict';
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { hashBytes } from '../../core/index.ts';
import { makeZip } from '../import/test-vectors/make-zip.ts';
import { knownDatasets } from './datasets.ts';
import { downloadDataset, type DatasetDownloadOptions, type DatasetDownloadResult } from './download-dataset.ts';
import { answerStatus, hangUpAfter, startFileServer, type FileServer } from './test-vectors/file-server.ts';

const zip = makeZip([
  { name: 'PetImages/Cat/0.jpg', bytes: Buffer.from('cat 0') },
  { name: 'PetImages/Cat/Thumbs.db', bytes: Buffer.from('x') },
  { name: 'PetImages/Dog/0.jpg', bytes: Buffer.from('dog 0'), method: 'deflate' },
  { name: 'readme[1].txt', bytes: Buffer.from('x') },
]);
const zipSum = hashBytes('sha256', zip);

interface Stage {
  readonly server: FileServer;
  readonly folder: string;
  readonly run: (options?: Partial<DatasetDownloadOptions>) => Promise<DatasetDownloadResult>;
}

async function setUp(t: TestContext): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-dataset-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const server = await startFileServer(t, zip, 'pets.zip');
  server.partPath = join(folder, 'pets.zip.part');
  const run: Stage['run'] = (options = {}) =>
    downloadDataset({
      dataset: 'cats-vs-dogs',
      to: 'raw',
      cwd: folder,
      url: server.url,
      retryDelayMs: () => 0,
      ...options,
    });
  return { server, folder, run };
}

test('downloads, imports under the usual class names, leaves photos and a receipt; a second run does nothing', async (t) => {
  const { server, folder, run } = await setUp(t);
  const first = await run();
  assert.deepEqual(first.import?.counts, { all: { cats: 1, dogs: 1 } });
  assert.equal(await readFile(join(folder, 'raw/dogs/0.jpg'), 'utf8'), 'dog 0');
  assert.deepEqual([first.sha256, first.checksum, first.archive], [zipSum, 'recorded now', null]);
  assert.deepEqual(await readdir(folder), ['cats-vs-dogs.download.json', 'raw']);
  const second = await run();
  assert.deepEqual([second.alreadyThere, second.checksum, server.requests.length], [true, 'recorded earlier', 1]);
});

test('trust on first use: other bytes from the same address are refused the next time', async (t) => {
  const { server, folder, run } = await setUp(t);
  await run();
  await rm(join(folder, 'raw'), { recursive: true });
  server.file = makeZip([{ name: 'Cat/1.jpg' }, { name: 'Dog/1.jpg', bytes: Buffer.from('x') }]);
  server.etag = '"two"';
  await assert.rejects(run(), { code: 'CHECKSUM_MISMATCH', expected: `sha256 ${zipSum}`, hint: /--sha256/ });
  await assert.rejects(access(join(folder, 'raw')));
  const trusted = await run({ sha256: hashBytes('sha256', server.file).toUpperCase() });
  assert.equal(trusted.checksum, 'given');
  assert.equal((await run()).checksum, 'recorded earlier');
});

test('a given checksum is demanded, and must be one', async (t) => {
  const { folder, run } = await setUp(t);
  await assert.rejects(run({ sha256: 'b'.repeat(64) }), { code: 'CHECKSUM_MISMATCH' });
  await assert.rejects(run({ sha256: 'abc' }), { code: 'USAGE', expected: /64/ });
  assert.deepEqual(await readdir(folder), []);
  assert.equal((await run({ sha256: zipSum })).checksum, 'given');
});

test('a line that broke: the next run resumes and imports', async (t) => {
  const { server, folder, run } = await setUp(t);
  server.answers.push(hangUpAfter(50), answerStatus(500), answerStatus(500));
  await assert.rejects(run({ maxAttempts: 2 }), { code: 'DOWNLOAD_FAILED' });
  assert.ok((await readdir(folder)).includes('pets.zip.part'));
  assert.equal((await run()).import?.photos, 2);
  assert.equal(server.requests.at(-1)?.range, 'bytes=50-');
});

test('--keep-archive keeps it, and it is used instead of a new download', async (t) => {
  const { server, folder, run } = await setUp(t);
  assert.equal((await run({ keepArchive: true })).archive, join(folder, 'pets.zip'));
  await rm(join(folder, 'raw'), { recursive: true });
  assert.equal((await run({ keepArchive: true })).import?.copied, 2);
  assert.equal(server.requests.length, 1);
  await rm(join(folder, 'raw'), { recursive: true });
  await writeFile(join(folder, 'pets.zip'), 'something else');
  await assert.rejects(run(), { code: 'CHECKSUM_MISMATCH', hint: /Remove it/ });
});

test('an import that was interrupted is gone on with from the archive that is still there', async (t) => {
  const { server, folder, run } = await setUp(t);
  await writeFile(join(folder, 'pets.zip'), zip);
  await mkdir(join(folder, 'raw/cats'), { recursive: true });
  await writeFile(join(folder, 'raw/cats/0.jpg'), 'cat 0');
  const result = await run();
  assert.deepEqual([result.import?.alreadyThere, result.import?.copied, server.requests.length], [1, 1, 0]);
  assert.equal(result.archive, join(folder, 'pets.zip'), 'this run did not bring it, so it is not removed');
});

test('a photo that was removed since is fetched again', async (t) => {
  const { folder, run } = await setUp(t);
  await run({ keepArchive: true });
  await rm(join(folder, 'raw/cats/0.jpg'));
  assert.equal((await run()).import?.copied, 1);
});

test('a target that holds something else is refused before anything is downloaded', async (t) => {
  const { server, folder, run } = await setUp(t);
  await mkdir(join(folder, 'raw'));
  await writeFile(join(folder, 'raw/notes.txt'), 'x');
  await assert.rejects(run(), { code: 'ALREADY_EXISTS', message: /notes\.txt/ });
  assert.equal(server.requests.length, 0);
});

test('what is no archive is not imported and not trusted the next time', async (t) => {
  const { server, folder, run } = await setUp(t);
  server.file = Buffer.from('<html>please log in</html>'.repeat(50));
  await assert.rejects(run(), { code: 'ARCHIVE_UNSAFE' });
  assert.deepEqual(await readdir(folder), [], 'nor found there already');
  server.file = zip;
  assert.equal((await run()).checksum, 'recorded now');
});

test('an unknown data set: the names there are', async (t) => {
  const { run } = await setUp(t);
  await assert.rejects(run({ dataset: 'imagenet' }), { code: 'USAGE', expected: 'cats-vs-dogs or oxford-pets' });
});

test('the known data sets: encrypted addresses, sums and sizes in form', () => {
  for (const dataset of Object.values(knownDatasets)) {
    for (const url of dataset.urls) assert.equal(new URL(url).protocol, 'https:');
    assert.match(dataset.sha256, /^[0-9a-f]{64}$/);
    assert.ok(dataset.archiveBytes > 7e8);
  }
});
