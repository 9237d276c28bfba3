// How the page is served: its own policy, unchanged files answered with 304, nothing outside the closed list, and the
// model file that answers.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { repositoryRoot } from './support/run-pawprint.ts';
import { boxModel, type RunningService, startService } from './support/running-service.ts';

let cwd = '';
let service: RunningService | undefined;
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-page-files-'));
  service = await startService([], { cwd, model: boxModel('cnn') });
});
after(async () => {
  await service?.kill();
  await rm(cwd, { recursive: true, force: true });
});

const address = (path: string): string => `${service?.url ?? ''}${path}`;

/** The status of a path as it is written, which fetch would tidy first. */
const statusOf = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address('/'));
    get({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });

test('the page has a policy of its own, which lets in nothing but its own files', async () => {
  const response = await fetch(address('/'));
  assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
  const html = await response.text();
  assert.doesNotMatch(html, /\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=|https?:/);
  for (const [, path = ''] of html.matchAll(/(?:src|href)="(page\/[^"]+)"/g))
    assert.equal((await fetch(address(`/${path}`))).status, 200, path);
});

test('every script and style is asked for again, and sent again only when it has changed', async () => {
  for (const [path, type] of [
    ['/page/app.js', 'text/javascript; charset=utf-8'],
    ['/page/style.css', 'text/css; charset=utf-8'],
    ['/code/image/resize.js', 'text/javascript; charset=utf-8'],
    ['/runtime/ort-wasm-simd-threaded.wasm', 'application/wasm'],
  ] as const) {
    const first = await fetch(address(path), { method: 'HEAD' });
    const etag = first.headers.get('etag') ?? '';
    assert.deepEqual(
      [first.status, first.headers.get('content-type'), first.headers.get('cache-control'), await first.text()],
      [200, type, 'no-cache', ''],
      path,
    );
    assert.ok(Number(first.headers.get('content-length')) > 100, path);
    const again = await fetch(address(path), { headers: { 'if-none-match': `"other", ${etag}` } });
    assert.deepEqual([again.status, await again.text()], [304, ''], path);
    const other = await fetch(address(path), { headers: { 'if-none-match': '"other"' } });
    assert.equal(other.status, 200, path);
    await other.body?.cancel();
  }
});

test('what is not on the list is not there, however it is written', async () => {
  for (const path of [
    '/page/nothing.js',
    '/page/',
    '/page/index.html',
    '/page/../package.json',
    '/page/%2e%2e/package.json',
    '/page/..%2fpackage.json',
    '/page//etc/passwd',
    '/code/image/decode.js',
    '/code/image/../core/index.js',
    '/runtime/ort.all.js',
  ])
    assert.equal(await statusOf(path), 404, path);
  const response = await fetch(address('/page/nothing.js'));
  assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.equal(((await response.json()) as { code: string }).code, 'ROUTE_UNKNOWN');
});

test('GET /model.onnx is the model file that answers', async () => {
  const response = await fetch(address('/model.onnx'));
  const expected = await readFile(join(repositoryRoot, 'models/cats-vs-dogs/cnn.onnx'));
  assert.equal(Buffer.compare(Buffer.from(await response.arrayBuffer()), expected), 0);
  const { model } = (await (await fetch(address('/stats'))).json()) as { model: { sha256: string } };
  assert.equal(response.headers.get('etag'), `"${model.sha256}"`);
});

test('a clone serves its modules without a word on stderr about how', () => {
  assert.doesNotMatch(service?.err() ?? '', /Warning/);
});
