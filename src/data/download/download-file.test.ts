// Downloads against a real server on loopback: broken lines, servers of every manner, wrong bytes, full disks, Ctrl-C.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createRandom, silentProgress } from '../../core/index.ts';
import { downloadFile, type DownloadedFile, type DownloadOptions } from './download-file.ts';
import { assertRoom, freeBytes } from './free-space.ts';
import { answerStatus, hangUpAfter, startFileServer, type FileServer } from './test-vectors/file-server.ts';

const file = randomBytes(1_000_000);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function randomBytes(length: number): Buffer {
  const random = createRandom(1, 'download');
  return Buffer.from(Uint8Array.from({ length }, () => random.integer(256)));
}

interface Stage {
  readonly server: FileServer;
  readonly folder: string;
  readonly path: string;
  readonly run: (options?: Partial<DownloadOptions>) => Promise<DownloadedFile>;
}

async function setUp(t: TestContext): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-download-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const server = await startFileServer(t, file);
  const path = join(folder, 'photos.zip');
  server.partPath = `${path}.part`;
  const run: Stage['run'] = (options = {}) =>
    downloadFile({
      urls: [server.url],
      path,
      retryDelayMs: () => 0,
      progress: silentProgress,
      signal: new AbortController().signal,
      ...options,
    });
  return { server, folder, path, run };
}

test('a whole download: right bytes, sum and size, progress in bytes, nothing else left', async (t) => {
  const { server, folder, path, run } = await setUp(t);
  const seen: { unit?: string; total?: number | undefined; last?: number } = {};
  const progress = {
    line: () => undefined,
    start: (_label: string, total: number | undefined, unit: string) => {
      Object.assign(seen, { unit, total });
      return { update: (done: number) => (seen.last = done), finish: () => undefined };
    },
  };
  const result = await run({ progress });
  assert.deepEqual(result, { path, url: server.url, bytes: file.length, sha256: sha256(file) });
  assert.ok(file.equals(await readFile(path)));
  assert.deepEqual(seen, { unit: 'bytes', total: file.length, last: file.length });
  assert.deepEqual(await readdir(folder), ['photos.zip']);
});

test('a broken line is taken up with Range and If-Range, and the bytes are right', async (t) => {
  const { server, run, path } = await setUp(t);
  server.answers.push(hangUpAfter(300_000));
  const result = await run();
  assert.equal(result.sha256, sha256(file));
  assert.ok(file.equals(await readFile(path)));
  assert.equal(server.requests[0]?.range, undefined);
  assert.deepEqual(server.requests[1], { path: '/photos.zip', range: 'bytes=300000-', ifRange: '"one"' });
});

test('a run that ended in the middle is gone on with by the next run', async (t) => {
  const { server, folder, run } = await setUp(t);
  server.answers.push(hangUpAfter(400_000));
  await assert.rejects(run({ maxAttempts: 1 }), { code: 'DOWNLOAD_FAILED', message: /1 tries/, hint: /same command/ });
  assert.deepEqual(await readdir(folder), ['photos.zip.part', 'photos.zip.part.json']);
  assert.equal((await run()).sha256, sha256(file));
  assert.match(server.requests[1]?.range ?? '', /^bytes=[1-9]/);
  assert.deepEqual(await readdir(folder), ['photos.zip']);
});

test('a line that breaks again and again goes on as long as bytes come', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push(...Array.from({ length: 12 }, () => hangUpAfter(5000)));
  const result = await run({ maxAttempts: 2 });
  assert.equal(result.sha256, sha256(file));
  assert.deepEqual(
    server.requests.map((request) => request.range),
    [undefined, ...Array.from({ length: 12 }, (_, i) => `bytes=${(i + 1) * 5000}-`)],
  );
});

test('a server without ranges starts over', async (t) => {
  const { server, run } = await setUp(t);
  server.supportsRanges = false;
  server.answers.push(hangUpAfter(300_000));
  assert.equal((await run()).sha256, sha256(file));
  assert.match(server.requests[1]?.range ?? '', /^bytes=/);
});

test('a file that changed meanwhile starts over instead of being joined to the old half', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push((request, response, self) => {
    hangUpAfter(300_000)(request, response, self);
    self.file = randomBytes(600_000).reverse();
    self.etag = '"two"';
  });
  const result = await run();
  assert.deepEqual([result.bytes, result.sha256], [600_000, sha256(server.file)]);
  assert.equal(server.requests[1]?.ifRange, '"one"');
});

test('Last-Modified stands in for a weak ETag; with neither, only a checksum makes a half worth keeping', async (t) => {
  const { server, run, path } = await setUp(t);
  server.etag = 'W/"weak"';
  server.lastModified = 'Wed, 21 Oct 2015 07:28:00 GMT';
  server.answers.push(hangUpAfter(300_000));
  await run();
  assert.equal(server.requests[1]?.ifRange, 'Wed, 21 Oct 2015 07:28:00 GMT');

  server.etag = server.lastModified = undefined;
  await rm(path);
  server.answers.push(hangUpAfter(300_000));
  await run();
  assert.equal(server.requests[3]?.range, undefined);

  await rm(path);
  server.answers.push(hangUpAfter(300_000));
  assert.equal((await run({ sha256: sha256(file) })).bytes, file.length);
  assert.match(server.requests[5]?.range ?? '', /^bytes=[1-9]/);
  assert.equal(server.requests[5]?.ifRange, undefined);
});

test('a part that was whole already is only checked; one that is too long starts over', async (t) => {
  const { server, run, path } = await setUp(t);
  const record = JSON.stringify({ url: server.url, validator: '"one"', totalBytes: file.length });
  await writeFile(`${path}.part`, file);
  await writeFile(`${path}.part.json`, record);
  assert.equal((await run()).sha256, sha256(file));
  assert.deepEqual(
    server.requests.map((request) => request.range),
    [`bytes=${file.length}-`],
  );

  await writeFile(`${path}.part`, Buffer.concat([file, file]));
  await writeFile(`${path}.part.json`, record);
  assert.equal((await run()).sha256, sha256(file));
});

test('another part than was asked for is not written', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push(hangUpAfter(300_000), answerStatus(206, { 'content-range': 'bytes 5-9/10' }));
  assert.equal((await run()).sha256, sha256(file));
});

test('404 is not tried again; the next address is', async (t) => {
  const { server, folder, run } = await setUp(t);
  server.answers.push(answerStatus(404));
  await assert.rejects(run(), { code: 'DOWNLOAD_FAILED', message: /404/, hint: /data import/ });
  assert.equal(server.requests.length, 1);
  assert.deepEqual(await readdir(folder), []);
  server.answers.push(answerStatus(404));
  const result = await run({ urls: [server.url, `${server.url}?mirror`] });
  assert.deepEqual([result.sha256, result.url], [sha256(file), `${server.url}?mirror`]);
});

test('500 and 429 are tried again with growing delays, Retry-After is kept to', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push(answerStatus(500), answerStatus(503), answerStatus(429, { 'retry-after': '0' }));
  const asked: number[] = [];
  const lines: string[] = [];
  const result = await run({
    retryDelayMs: (attempt) => {
      asked.push(attempt);
      return 0;
    },
    progress: { ...silentProgress, line: (text) => lines.push(text) },
  });
  assert.equal(result.sha256, sha256(file));
  assert.deepEqual(asked, [1, 2, 3]);
  assert.match(lines.join('\n'), /answered 500 .*trying again/);
  server.answers.push(...Array.from({ length: 3 }, () => answerStatus(500)));
  await rm(result.path);
  await assert.rejects(run({ maxAttempts: 3 }), { code: 'DOWNLOAD_FAILED', message: /500.*3 tries/ });
});

test('a wrong checksum: both sums are said, the file is removed, the next run starts afresh', async (t) => {
  const { server, folder, run } = await setUp(t);
  await assert.rejects(run({ sha256: 'a'.repeat(64) }), {
    code: 'CHECKSUM_MISMATCH',
    expected: `sha256 ${'a'.repeat(64)}`,
    received: `sha256 ${sha256(file)}`,
  });
  assert.deepEqual(await readdir(folder), []);
  await run({ sha256: sha256(file) });
  assert.equal(server.requests[1]?.range, undefined);
});

test('a body shorter than promised is never taken for the file', async (t) => {
  const { server, folder, run } = await setUp(t);
  server.supportsRanges = false;
  server.answers.push(...Array.from({ length: 2 }, () => hangUpAfter(900_000)));
  await assert.rejects(run({ maxAttempts: 1 }), { code: 'DOWNLOAD_FAILED' });
  assert.ok(!(await readdir(folder)).includes('photos.zip'));
});

test('a body of unstated length (chunked) is whole only with its end mark', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push(
    (_request, response) => {
      response.writeHead(200);
      response.write(file.subarray(0, 1000), () => setImmediate(() => response.destroy()));
    },
    (_request, response) => {
      response.writeHead(200);
      response.write(file.subarray(0, 1000));
      response.end(file.subarray(1000));
    },
  );
  assert.equal((await run()).sha256, sha256(file));
  assert.equal(server.requests.length, 2);
});

test('a body marked as gzip-encoded arrives as it was sent', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'x-gzip', 'content-length': file.length }).end(file);
  });
  assert.equal((await run()).sha256, sha256(file));
});

test('redirects are followed, relative ones too, circles are not', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push(
    answerStatus(302, { location: '/moved/photos.zip' }),
    answerStatus(301, { location: `${server.url}?final` }),
  );
  const result = await run();
  assert.equal(result.sha256, sha256(file));
  assert.deepEqual(
    server.requests.map((request) => request.path),
    ['/photos.zip', '/moved/photos.zip', '/photos.zip?final'],
  );
  await rm(result.path);
  server.answers.push(...Array.from({ length: 20 }, () => answerStatus(302, { location: server.url })));
  await assert.rejects(run(), { code: 'DOWNLOAD_FAILED', message: /redirects more than/ });
});

test('no server, no address: failures with words', async (t) => {
  const { run } = await setUp(t);
  await assert.rejects(run({ urls: ['http://127.0.0.1:1/x.zip'], maxAttempts: 2 }), {
    code: 'DOWNLOAD_FAILED',
    message: /ECONNREFUSED.*2 tries/,
  });
  for (const url of ['ftp://example.org/x.zip', 'file:///etc/passwd', 'photos.zip'])
    await assert.rejects(run({ urls: [url] }), { code: 'USAGE', expected: /https/ });
});

test('a line that falls silent is hung up and taken up again', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push((_request, response, self) => {
    response.writeHead(200, { 'content-length': self.file.length, etag: '"one"' });
    response.write(self.file.subarray(0, 300_000));
  });
  assert.equal((await run({ idleTimeoutMs: 200 })).sha256, sha256(file));
  assert.match(server.requests[1]?.range ?? '', /^bytes=[1-9]/);
});

test('Ctrl-C in the middle: CANCELLED, the part stays, the next run goes on with it', async (t) => {
  const { server, folder, run } = await setUp(t);
  const controller = new AbortController();
  server.answers.push((_request, response, self) => {
    response.writeHead(200, { 'content-length': self.file.length, etag: '"one"' });
    response.write(self.file.subarray(0, 300_000));
  });
  const progress = {
    line: () => undefined,
    start: () => ({
      update: (done: number) => {
        if (done >= 200_000) controller.abort();
      },
      finish: () => undefined,
    }),
  };
  await assert.rejects(run({ signal: controller.signal, progress }), { code: 'CANCELLED', hint: /go on/ });
  assert.ok(!(await readdir(folder)).includes('photos.zip'));
  assert.equal((await run()).sha256, sha256(file));
});

test('Ctrl-C while waiting for the next try ends the wait', async (t) => {
  const { server, run } = await setUp(t);
  server.answers.push(answerStatus(500));
  const controller = new AbortController();
  const stop = { ...silentProgress, line: () => controller.abort() };
  await assert.rejects(run({ signal: controller.signal, progress: stop, retryDelayMs: () => 600_000 }), {
    code: 'CANCELLED',
  });
});

test('a disk without room is found out before the first byte', async (t) => {
  const { server, folder, run } = await setUp(t);
  await assert.rejects(run({ expectedBytes: 2 ** 60 }), {
    code: 'DISK_FULL',
    expected: /MB free/,
    received: /MB free/,
  });
  assert.equal(server.requests.length, 0);
  await assert.rejects(assertRoom(join(folder, 'not/yet/there'), 2 ** 60, 'it'), { code: 'DISK_FULL' });
  assert.ok((await freeBytes(join(folder, 'not/yet/there'))) > 0);
});

test('a disk that fills up while writing: DISK_FULL, and with room again the rest comes', async (t) => {
  const { server, folder, run } = await setUp(t);
  const disk = join(folder, 'small-disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=640k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    t.skip('only root can mount the small disk for this');
    return;
  }
  const fillSmallDisk = async (): Promise<void> => {
    const path = join(disk, 'photos.zip');
    // No length is stated, so that the disk is only found too small in the middle.
    server.answers.push((_request, response, self) => {
      response.writeHead(200, { etag: '"one"' });
      response.end(self.file);
    });
    await assert.rejects(run({ path }), { code: 'DISK_FULL', hint: /same command/ });
    assert.ok(!(await readdir(disk)).includes('photos.zip'));
    await assert.rejects(
      run({ path, urls: [`${server.url}?stated`] }),
      { code: 'DISK_FULL' },
      'and when it is stated, at once',
    );
    execFileSync('mount', ['-o', 'remount,size=4m', disk]);
    assert.equal((await run({ path })).sha256, sha256(file));
  };
  try {
    await fillSmallDisk();
  } finally {
    execFileSync('umount', [disk]);
  }
});
