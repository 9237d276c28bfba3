import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOrigins } from './cors.ts';
import { bearer, guardedApp, keyFileFor } from './test-fixtures/guarded-app.ts';

const shop = 'https://shop.example';
const preflight = (origin: string): Record<string, string> => ({
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type',
});

test('closed unless opened: no origin is let in, no preflight answered', async (t) => {
  const { app } = await guardedApp(t);
  for (const origin of [shop, 'null', 'http://localhost:8000']) {
    const answer = await app.inject({ url: '/other', headers: { origin } });
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    const asked = await app.inject({ method: 'OPTIONS', url: '/predict', headers: preflight(origin) });
    assert.equal(asked.statusCode, 404);
    assert.equal(asked.headers['access-control-allow-origin'], undefined);
  }
});

test('opened to exactly the origins named, never with credentials', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'] });
  const { app, log } = await guardedApp(t, { apiKeys: path, corsOrigins: [shop, 'http://localhost:3000'] });
  for (const origin of [shop, 'http://localhost:3000']) {
    const asked = await app.inject({ method: 'OPTIONS', url: '/predict', headers: preflight(origin) });
    assert.equal(asked.statusCode, 204, 'a preflight needs no key');
    assert.equal(asked.headers['access-control-allow-origin'], origin);
    assert.match(String(asked.headers['access-control-allow-headers']), /authorization/);
    const answer = await app.inject({ method: 'POST', url: '/predict', headers: { origin, ...bearer(keys.shop) } });
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['access-control-allow-origin'], origin);
    assert.match(String(answer.headers['vary']), /origin/i);
    for (const each of [asked, answer]) assert.equal(each.headers['access-control-allow-credentials'], undefined);
    const refused = await app.inject({ method: 'POST', url: '/predict', headers: { origin } });
    assert.equal(refused.statusCode, 401);
    assert.equal(refused.headers['access-control-allow-origin'], origin, 'a script may read why it was refused');
  }
  for (const origin of [
    'https://shop.example.evil',
    'https://evil-shop.example',
    'http://shop.example',
    'https://shop.example:8443',
    'null',
  ])
    for (const method of ['GET', 'OPTIONS'] as const) {
      const answer = await app.inject({ method, url: '/other', headers: preflight(origin) });
      assert.equal(answer.headers['access-control-allow-origin'], undefined, `${method} ${origin}`);
    }
  assert.match(
    log(),
    /"unmarkedRoutes":\["GET \/forgotten","HEAD \/forgotten"\]/,
    'the preflight route is none of them',
  );
});

test('an origin is scheme, host and port; everything and nothing are none', () => {
  assert.deepEqual(checkOrigins([shop, 'http://[::1]:3000']), [shop, 'http://[::1]:3000']);
  for (const origin of [
    '*',
    'null',
    '',
    'shop.example',
    `${shop}/`,
    `${shop}/x`,
    'https://*.shop.example/',
    'file:///x',
  ])
    assert.throws(() => checkOrigins([shop, origin]), { code: 'USAGE' }, origin);
});
