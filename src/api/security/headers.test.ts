import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiHeaders, pageHeaders } from './headers.ts';
import { guardedApp, keyFileFor } from './test-fixtures/guarded-app.ts';

test('every answer has the headers of the API, refusals and unknown addresses too; none says what serves it', async (t) => {
  const { path } = await keyFileFor(t, { shop: ['predict'] });
  const { app } = await guardedApp(t, { apiKeys: path, rateLimit: { requestsPerMinute: 6 } });
  const statuses = new Set<number>();
  for (const [method, url] of [
    ['GET', '/health'],
    ['HEAD', '/health'],
    ['GET', '/nothing'],
    ['POST', '/predict'],
    ['GET', '/admin/models'],
    ...Array.from({ length: 7 }, () => ['GET', '/other'] as const),
  ] as const) {
    const answer = await app.inject({ method, url });
    statuses.add(answer.statusCode);
    for (const [name, value] of Object.entries(apiHeaders))
      assert.equal(answer.headers[name], value, `${name} of ${method} ${url}`);
    assert.equal(answer.headers['server'], undefined);
    assert.equal(answer.headers['x-powered-by'], undefined);
  }
  assert.deepEqual([...statuses].sort(), [200, 401, 403, 404, 429]);
});

test('answers of the API are kept by nobody, guessed at by nobody, shown inside no other site', () => {
  assert.deepEqual(apiHeaders, {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  });
});

test('a page may load from its own service and from nowhere else', async (t) => {
  const { app } = await guardedApp(t);
  const answer = await app.inject('/');
  for (const [name, value] of Object.entries(pageHeaders)) assert.equal(answer.headers[name], value, name);
  const policy = pageHeaders['content-security-policy'];
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|https?:|\*/);
});
