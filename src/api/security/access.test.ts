import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify, type LightMyRequestResponse } from 'fastify';
import { sendProblem } from '../problem.ts';
import { formatKey } from './api-keys.ts';
import { revokeKey } from './key-file.ts';
import { failuresPerMinute } from './rate-limit.ts';
import { markRoutes } from './scopes.ts';
import { securityPlugin } from './security-plugin.ts';
import { bearer, guardedApp, keyFileFor } from './test-fixtures/guarded-app.ts';

const stranger = formatKey(new Uint8Array(32).fill(200));
const open = ['/', '/health', '/live', '/metrics', '/stats', '/other'];

test('without a key file predictions are open and administration is closed, with a hint', async (t) => {
  const { app } = await guardedApp(t);
  for (const url of open) assert.equal((await app.inject(url)).statusCode, 200, url);
  assert.equal((await app.inject({ method: 'POST', url: '/predict' })).statusCode, 200);
  for (const headers of [{}, bearer(stranger)]) {
    const refused = await app.inject({ url: '/admin/models', headers });
    assert.equal(refused.statusCode, 403);
    assert.equal(refused.json<{ code: string }>().code, 'FORBIDDEN');
    assert.match(refused.json<{ hint: string }>().hint, /api-key create .*--scope admin/);
  }
});

test('with a key file each scope opens its own routes', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'], ops: ['admin'], both: ['predict', 'admin'] });
  const { app } = await guardedApp(t, { apiKeys: path });
  for (const url of open) assert.equal((await app.inject(url)).statusCode, 200, url);
  const ask = async (key: string | undefined): Promise<[number, number]> => {
    const headers = key === undefined ? {} : bearer(key);
    const predict = await app.inject({ method: 'POST', url: '/predict', headers });
    const admin = await app.inject({ url: '/admin/models', headers });
    return [predict.statusCode, admin.statusCode];
  };
  assert.deepEqual(await ask(undefined), [401, 401]);
  assert.deepEqual(await ask(stranger), [401, 401]);
  assert.deepEqual(await ask(keys.shop), [200, 403]);
  assert.deepEqual(await ask(keys.ops), [403, 200]);
  assert.deepEqual(await ask(keys.both), [200, 200]);
});

test('a refusal is a problem with the header that says what to show', async (t) => {
  const { path } = await keyFileFor(t, { shop: ['predict'] });
  const { app } = await guardedApp(t, { apiKeys: path });
  const refused = await app.inject({ method: 'POST', url: '/predict', headers: bearer(stranger) });
  assert.equal(refused.headers['www-authenticate'], 'Bearer');
  assert.match(String(refused.headers['content-type']), /^application\/problem\+json/);
  const { code, status } = refused.json<{ code: string; status: number }>();
  assert.deepEqual([code, status], ['UNAUTHENTICATED', 401]);
});

test('a route that names no scope is for admins, and the log names it', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'], ops: ['admin'] });
  const closed = await guardedApp(t);
  assert.equal((await closed.app.inject('/forgotten')).statusCode, 403);
  const { app, log } = await guardedApp(t, { apiKeys: path });
  for (const method of ['GET', 'HEAD'] as const) {
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await app.inject({ method, url: '/forgotten', headers })).statusCode;
    assert.deepEqual([await ask({}), await ask(bearer(keys.shop)), await ask(bearer(keys.ops))], [401, 403, 200]);
  }
  assert.match(log(), /"unmarkedRoutes":\["GET \/forgotten","HEAD \/forgotten"\]/);
});

test('routes that a plugin brings get the scope they are marked with', async (t) => {
  const { app, log } = await guardedApp(t);
  await app.register((child, _, done) => {
    markRoutes(child, { scope: 'open', page: true });
    child.get('/docs', () => 'page');
    child.get('/docs/private', { config: { scope: 'admin' } }, () => 'page');
    done();
  });
  const page = await app.inject('/docs');
  assert.equal(page.statusCode, 200);
  assert.match(String(page.headers['content-security-policy']), /script-src 'self'/);
  assert.equal((await app.inject('/docs/private')).statusCode, 403, 'a scope of its own stays');
  assert.match(log(), /"unmarkedRoutes":\["GET \/forgotten","HEAD \/forgotten"\]/);
});

test('what is not there is 404 for everybody', async (t) => {
  const { path } = await keyFileFor(t, { shop: ['predict'] });
  const { app } = await guardedApp(t, { apiKeys: path });
  for (const url of ['/nothing', '/admin/nothing', '/predict']) assert.equal((await app.inject(url)).statusCode, 404);
});

test('--protect-metrics closes /metrics and /stats to who has no key, of whatever scope', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'], ops: ['admin'] });
  const { app } = await guardedApp(t, { apiKeys: path, protectMetrics: true });
  for (const method of ['GET', 'HEAD'] as const)
    for (const url of ['/metrics', '/stats']) {
      assert.equal((await app.inject({ method, url })).statusCode, 401);
      for (const key of [keys.shop, keys.ops])
        assert.equal((await app.inject({ method, url, headers: bearer(key) })).statusCode, 200);
    }
  for (const url of ['/', '/health', '/live']) assert.equal((await app.inject(url)).statusCode, 200, url);
  await assert.rejects(guardedApp(t, { protectMetrics: true }), { code: 'USAGE' });
});

test('revocation reaches a running app', { timeout: 30_000 }, async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'], ops: ['admin'] });
  const { app, log } = await guardedApp(t, { apiKeys: path });
  const ask = async (): Promise<number> =>
    (await app.inject({ method: 'POST', url: '/predict', headers: bearer(keys.shop) })).statusCode;
  assert.equal(await ask(), 200);
  await revokeKey(path, 'shop');
  while ((await ask()) === 200) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await ask(), 401);
  assert.match(log(), /key file read again/);
});

test('who keeps coming without a valid key gets 429; a valid key from the same address is served on', async (t) => {
  const clock = { ms: 0 };
  const { path, keys } = await keyFileFor(t, { shop: ['predict'] });
  const { app } = await guardedApp(t, { apiKeys: path, nowMs: () => clock.ms });
  const ask = (key: string, remoteAddress = '192.0.2.1'): Promise<LightMyRequestResponse> =>
    app.inject({ method: 'POST', url: '/predict', headers: bearer(key), remoteAddress });
  for (let i = 0; i < failuresPerMinute; i++) assert.equal((await ask(stranger)).statusCode, 401);
  const limited = await ask(stranger);
  assert.equal(limited.statusCode, 429);
  assert.equal(limited.json<{ code: string }>().code, 'RATE_LIMITED');
  assert.equal(limited.headers['retry-after'], '2');
  assert.equal((await ask(keys.shop)).statusCode, 200, 'no lock-out');
  assert.equal((await ask(stranger, '192.0.2.2')).statusCode, 401, 'another address');
  clock.ms = 2_000;
  assert.equal((await ask(stranger)).statusCode, 401);
  assert.equal((await ask(stranger)).statusCode, 429);
});

test('no key ever stands in a log line or an answer', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'], ops: ['admin'] });
  const { app, log } = await guardedApp(t, { apiKeys: path, rateLimit: { requestsPerMinute: 3 } });
  let answers = '';
  for (let i = 0; i < 40; i++)
    for (const key of [keys.shop, keys.ops, stranger])
      for (const headers of [bearer(key), { authorization: `Basic ${key}` }, { authorization: key }]) {
        const { body, headers: sent } = await app.inject({ method: 'POST', url: '/predict', headers });
        answers += body + JSON.stringify(sent);
      }
  for (const key of [keys.shop, keys.ops, stranger])
    for (const text of [log(), answers]) assert.ok(!text.includes(key.slice(3)), 'a key was found');
  assert.match(answers, /RATE_LIMITED/);
  assert.match(log(), /"security"/);
});

test('registered as a plugin it guards the routes beside it all the same', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  await app.register(securityPlugin, {
    apiKeys: undefined,
    rateLimit: undefined,
    corsOrigins: [],
    protectMetrics: false,
    now: () => new Date(0),
    nowMs: () => 0,
  });
  app.get('/forgotten', () => 'open');
  assert.equal((await app.inject('/forgotten')).statusCode, 403);
});
