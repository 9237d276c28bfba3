// pawprint serve as a stranger meets it: headers, refusals that say nothing of the inside, keys, limits, CORS, proxies.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runInProcess } from './support/run-in-process.ts';
import { repositoryRoot, runPawprint } from './support/run-pawprint.ts';
import { boxModel, type RunningService, startService } from './support/running-service.ts';

const model = boxModel('transfer');
let cwd = '';
const services: RunningService[] = [];

async function serve(...args: string[]): Promise<RunningService & { readonly output: () => string }> {
  const service = await startService(['--workers', '1', ...args], { cwd });
  services.push(service);
  return {
    ...service,
    output: () =>
      service
        .log()
        .map((line) => JSON.stringify(line))
        .join('\n') + service.err(),
  };
}

async function createKey(name: string, scope: string): Promise<string> {
  const { out } = await runInProcess(['api-key', 'create', '--name', name, '--scope', scope, '--json'], { cwd });
  return (JSON.parse(out) as { key: string }).key;
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const code = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code;
const predict = (url: string, headers: Record<string, string> = {}, address = '/predict'): Promise<Response> =>
  fetch(url + address, { method: 'POST', body: 'no picture', headers: { 'content-type': 'image/png', ...headers } });

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-security-'));
});
after(async () => {
  await Promise.all(services.map((service) => service.kill()));
  await rm(cwd, { recursive: true, force: true });
});

test('a service with nothing configured', async (t) => {
  const { url } = await serve();

  await t.test('every answer has the security headers, and none says what serves it', async () => {
    const answers = await Promise.all([
      fetch(`${url}/health`),
      fetch(`${url}/metrics`),
      fetch(`${url}/nothing`),
      fetch(`${url}/%zz`),
      predict(url),
      fetch(`${url}/predict`, { method: 'POST' }),
    ]);
    for (const { headers, url: of } of answers) {
      assert.equal(headers.get('x-content-type-options'), 'nosniff', of);
      assert.equal(headers.get('cache-control'), 'no-store', of);
      assert.equal(headers.get('referrer-policy'), 'no-referrer', of);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; frame-ancestors 'none'/, of);
      for (const banner of ['server', 'x-powered-by', 'via']) assert.equal(headers.get(banner), null, of);
      assert.equal(headers.get('access-control-allow-origin'), null, of);
    }
  });

  await t.test('refusals say nothing of the inside', async () => {
    const boundary = (text: string): Promise<Response> =>
      fetch(`${url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: text,
      });
    const answers = await Promise.all([
      predict(url),
      boundary('garbage'),
      boundary('--x\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nx\r\n--x--\r\n'),
      boundary('--x\r\nContent-Disposition: form-data; name="file"; filename="../../etc/passwd"\r\n\r\nx\r\n--x--\r\n'),
      fetch(`${url}/__proto__`),
      fetch(`${url}/%2e%2e/%2e%2e/etc/passwd`),
      fetch(`${url}/${'a'.repeat(4000)}`),
      predict(url, {}, '/predict?explain[]=1&top=NaN&__proto__[x]=1'),
    ]);
    for (const answer of answers) {
      const body = await answer.text();
      assert.ok(answer.status >= 400, answer.url);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, answer.url);
      assert.doesNotMatch(body, /node_modules|\.ts\b|\bat .+:\d+:\d+|root:|Error:/, answer.url);
      for (const inside of [repositoryRoot, cwd, model]) assert.ok(!body.includes(inside), answer.url);
    }
  });

  await t.test('predictions are open, administration is not, and says how it would be', async () => {
    assert.equal(await code(await predict(url)), 'IMAGE_UNSUPPORTED');
    const refused = await fetch(`${url}/admin/models`, { headers: bearer(`pp_${'a'.repeat(43)}`) });
    assert.equal(refused.status, 403);
    const problem = (await refused.json()) as { code: string; hint: string };
    assert.equal(problem.code, 'FORBIDDEN');
    assert.match(problem.hint, /api-key create .*--scope admin/);
  });

  await t.test('no other site’s page gets an answer', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const preflight = await fetch(`${url}/predict`, { method: 'OPTIONS', headers });
    assert.ok(preflight.status >= 400);
    assert.equal(preflight.headers.get('access-control-allow-origin'), null);
    const answer = await fetch(`${url}/health`, { headers });
    assert.equal(answer.headers.get('cross-origin-resource-policy'), 'same-origin');
  });
});

test('every route of the service says who may call it', async () => {
  await createKey('someone', 'predict');
  const { log } = await serve('--api-keys', 'keys.json', '--cors-origin', 'https://shop.example');
  const line = log().find((each) => each['msg'] === 'security');
  assert.ok(line, 'the log says how the service is guarded');
  const { unmarkedRoutes } = line;
  assert.deepEqual(unmarkedRoutes, [], 'a route without a scope is for admins only; add config: { scope: … }');
});

test('a service with keys', async (t) => {
  const [shop, ops, gone] = [
    await createKey('shop', 'predict'),
    await createKey('ops', 'admin'),
    await createKey('gone', 'predict'),
  ];
  const service = await serve('--api-keys', 'keys.json', '--protect-metrics');
  const { url } = service;

  await t.test('each scope opens its own doors', async () => {
    for (const headers of [{}, bearer(`pp_${'a'.repeat(43)}`), { authorization: `Basic ${shop}` }])
      for (const address of ['/predict', '/feedback', '/v2/models/transfer/infer']) {
        const refused = await predict(url, headers, address);
        assert.equal(refused.status, 401, address);
        assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
        assert.equal(await code(refused), 'UNAUTHENTICATED');
      }
    assert.equal(await code(await predict(url, bearer(shop))), 'IMAGE_UNSUPPORTED', 'the key lets the picture in');
    assert.equal(await code(await predict(url, bearer(ops))), 'FORBIDDEN');
    assert.equal((await fetch(`${url}/admin/models`)).status, 401);
    assert.equal((await fetch(`${url}/admin/models`, { headers: bearer(shop) })).status, 403);
    assert.equal((await fetch(`${url}/admin/models`, { headers: bearer(ops) })).status, 200);
  });

  await t.test('a model is named by a file below the model’s folder, never by an address', async () => {
    for (const file of [
      '../cnn.onnx',
      '/etc/passwd',
      '/tmp/x.onnx',
      'a/../../x.onnx',
      'http://evil.example/x.onnx',
      'x',
    ]) {
      const body = JSON.stringify({ file });
      const headers = { 'content-type': 'application/json', ...bearer(ops) };
      const refused = await fetch(`${url}/admin/models`, { method: 'POST', headers, body });
      assert.equal(refused.status, 400, file);
      assert.equal(await code(refused), 'REQUEST_INVALID');
    }
  });

  await t.test('health stays open, metrics are for keys alone', async () => {
    for (const address of ['/health', '/live', '/ready']) assert.equal((await fetch(url + address)).status, 200);
    for (const address of ['/metrics', '/stats']) {
      assert.equal((await fetch(url + address)).status, 401);
      for (const key of [shop, ops])
        assert.equal((await fetch(url + address, { headers: bearer(key) })).status, 200, address);
    }
  });

  await t.test('a key is revoked without a restart, and a damaged key file keeps the keys of before', async () => {
    assert.equal((await predict(url, bearer(gone))).status, 415);
    await runInProcess(['api-key', 'revoke', '--name', 'gone'], { cwd });
    while ((await predict(url, bearer(gone))).status === 415) await new Promise((resolve) => setTimeout(resolve, 100));
    const whole = await readFile(join(cwd, 'keys.json'));
    await writeFile(join(cwd, 'keys.json'), whole.subarray(0, 60));
    while (!service.output().includes('key file not usable')) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await predict(url, bearer(shop))).status, 415);
    await writeFile(join(cwd, 'keys.json'), whole);
  });

  await t.test('who guesses is slowed, and locks nobody out', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 40; i++) statuses.add((await predict(url, bearer(`pp_${i}`))).status);
    for (const status of statuses) assert.ok([401, 429].includes(status), String(status));
    assert.ok(statuses.has(429));
    const limited = await predict(url, bearer('pp_x'));
    assert.match(limited.headers.get('retry-after') ?? '', /^\d+$/);
    assert.equal(await code(limited), 'RATE_LIMITED');
    assert.equal((await predict(url, bearer(shop))).status, 415);
  });

  await t.test('the log names whose key it was; no key stands in it, wherever it was put', async () => {
    await fetch(`${url}/nothing?key=${shop}`);
    await predict(url, { 'x-request-id': shop, 'user-agent': shop }, `/predict?api_key=${shop}`);
    await predict(url, { authorization: shop });
    await fetch(`${url}/health`);
    while (!service.output().includes('"/health"')) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const key of [ops, gone]) assert.ok(!service.output().includes(key));
    assert.match(service.output(), /"key":"shop"/);
    // An id that a client chose is kept as it is; only there may a key stand that a client put there.
    const elsewhere = service.output().replaceAll(`"reqId":"${shop}"`, '');
    assert.ok(!elsewhere.includes(shop));
  });
});

/** From one connection each, with a forged address. */
function forged(url: string, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-forwarded-for': address, 'x-real-ip': address, forwarded: `for=${address}` };
    request(`${url}/stats`, { headers, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    })
      .once('error', reject)
      .end();
  });
}

test('a rate limit counts the address of the connection, not the one that a client claims', async () => {
  const { url } = await serve('--rate-limit', '3');
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push(await forged(url, `198.51.100.${i}`));
  assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
  for (let i = 0; i < 5; i++) assert.equal((await fetch(`${url}/health`)).status, 200, 'health is never limited');
});

test('behind a proxy that is named its word counts', async () => {
  const { url } = await serve('--rate-limit', '3', '--trust-proxy', '127.0.0.1');
  for (let i = 0; i < 5; i++) assert.equal(await forged(url, `198.51.100.${i}`), 200);
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push(await forged(url, `203.0.113.${i}, 198.51.100.200`));
  assert.deepEqual(statuses, [200, 200, 200, 429, 429], 'what the client wrote before the proxy did does not');
});

test('CORS is opened to the origins that are named', async () => {
  const { url } = await serve('--cors-origin', 'https://shop.example');
  for (const [origin, allowed] of [
    ['https://shop.example', 'https://shop.example'],
    ['https://shop.example.evil', null],
  ] as const) {
    const answer = await fetch(`${url}/health`, { headers: { origin } });
    assert.equal(answer.headers.get('access-control-allow-origin'), allowed);
    assert.equal(answer.headers.get('access-control-allow-credentials'), null);
  }
});

test('a service that cannot be guarded as told does not start', async () => {
  for (const [args, words] of [
    [['--api-keys', 'none.json'], /none\.json/],
    [['--protect-metrics'], /keys/],
    [['--cors-origin', '*'], /origin/],
    [['--trust-proxy', '0.0.0.0/0'], /proxy/],
    [['--rate-limit', '0'], /--rate-limit/],
  ] as const) {
    const { exitCode, err } = await runPawprint(['serve', '--model', model, '--port', '0', ...args], { cwd });
    assert.ok(exitCode === 1 || exitCode === 2, args.join(' '));
    assert.match(err, words);
  }
});
