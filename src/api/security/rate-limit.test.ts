import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { bearer, type GuardedApp, guardedApp, keyFileFor } from './test-fixtures/guarded-app.ts';

/** How many of `count` equal requests pass before the first 429. */
async function passes({ app }: GuardedApp, request: InjectOptions, count = 8): Promise<number> {
  for (let i = 0; i < count; i++) if ((await app.inject(request)).statusCode === 429) return i;
  return count;
}

test('the limit is refused with a problem that says when to come back', async (t) => {
  const clock = { ms: 0 };
  const { app } = await guardedApp(t, { rateLimit: { requestsPerMinute: 3 }, nowMs: () => clock.ms });
  const first = await app.inject('/other');
  assert.deepEqual(
    ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map((name) => first.headers[name]),
    ['3', '2', '20'],
  );
  await app.inject('/other');
  await app.inject('/other');
  clock.ms = 5_000;
  const refused = await app.inject('/other');
  assert.equal(refused.statusCode, 429);
  assert.match(String(refused.headers['content-type']), /^application\/problem\+json/);
  assert.equal(refused.headers['retry-after'], '15');
  assert.deepEqual(
    ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map((name) => refused.headers[name]),
    ['3', '0', '15'],
  );
  assert.deepEqual(refused.json<{ code: string; status: number }>().code, 'RATE_LIMITED');
  assert.equal(refused.headers['x-content-type-options'], 'nosniff', 'a refusal has the headers of every answer');
  clock.ms = 20_000;
  assert.equal((await app.inject('/other')).statusCode, 200);
});

test('a burst is a part of the limit that may come at once', async (t) => {
  const clock = { ms: 0 };
  const guarded = await guardedApp(t, { rateLimit: { requestsPerMinute: 60, burst: 2 }, nowMs: () => clock.ms });
  assert.equal(await passes(guarded, { url: '/other' }), 2);
  clock.ms = 1_000;
  assert.equal(await passes(guarded, { url: '/other' }), 1);
});

test('health, readiness and metrics are never refused', async (t) => {
  const guarded = await guardedApp(t, { rateLimit: { requestsPerMinute: 1 } });
  assert.equal(await passes(guarded, { url: '/other' }), 1);
  for (const url of ['/health', '/live', '/metrics']) assert.equal(await passes(guarded, { url }), 8, url);
});

test('what is not there counts too', async (t) => {
  const guarded = await guardedApp(t, { rateLimit: { requestsPerMinute: 2 } });
  assert.equal(await passes(guarded, { url: '/nothing' }), 2);
});

test('each key has its own limit, whatever address it comes from; an address cannot take a key’s', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'], ops: ['predict'] });
  const guarded = await guardedApp(t, { apiKeys: path, rateLimit: { requestsPerMinute: 2 } });
  const ask = (key: string, remoteAddress: string): Promise<number> =>
    passes(guarded, { method: 'POST', url: '/predict', headers: bearer(key), remoteAddress });
  assert.equal(await ask(keys.shop, '192.0.2.1'), 2);
  assert.equal(await ask(keys.shop, '192.0.2.2'), 0);
  assert.equal(await ask(keys.ops, '192.0.2.1'), 2);
  assert.equal(await passes(guarded, { url: '/other', remoteAddress: '192.0.2.1' }), 2);
});

test('a key that does not fit the route still counts', async (t) => {
  const { path, keys } = await keyFileFor(t, { shop: ['predict'], ops: ['admin'] });
  const guarded = await guardedApp(t, { apiKeys: path, rateLimit: { requestsPerMinute: 2 } });
  assert.equal(await passes(guarded, { url: '/admin/models', headers: bearer(keys.shop) }), 2);
});

test('an IPv6 customer is one client, an IPv4 address written as IPv6 is itself', async (t) => {
  const guarded = await guardedApp(t, { rateLimit: { requestsPerMinute: 2 } });
  const ask = (remoteAddress: string): Promise<number> => passes(guarded, { url: '/other', remoteAddress });
  assert.equal(await ask('2001:db8:0:1::1'), 2);
  assert.equal(await ask('2001:db8:0:1:ffff:ffff:ffff:ffff'), 0, 'the same /64');
  assert.equal(await ask('2001:db8:0:2::1'), 2, 'another /64');
  assert.equal(await ask('::ffff:192.0.2.1'), 2);
  assert.equal(await ask('192.0.2.1'), 0);
  assert.equal(await ask('192.0.2.2'), 2);
});

test('X-Forwarded-For changes nothing unless the connection comes from a proxy that is trusted', async (t) => {
  let spoofed = 0;
  const ask = async (guarded: GuardedApp, claim: () => string, remoteAddress = '192.0.2.1'): Promise<number> => {
    for (let i = 0; i < 8; i++) {
      const headers = { 'x-forwarded-for': claim(), 'x-real-ip': claim(), forwarded: `for=${claim()}` };
      const { statusCode } = await guarded.app.inject({ url: '/other', remoteAddress, headers });
      if (statusCode === 429) return i;
    }
    return 8;
  };
  const fresh = (): string => `198.51.100.${spoofed++}`;

  const direct = await guardedApp(t, { rateLimit: { requestsPerMinute: 2 } });
  assert.equal(await ask(direct, fresh), 2, 'nobody is trusted: one address');

  const behind = await guardedApp(t, { rateLimit: { requestsPerMinute: 2 } }, { trustProxy: ['10.0.0.0/8'] });
  assert.equal(await ask(behind, fresh), 2, 'not from the proxy');
  assert.equal(await ask(behind, () => '203.0.113.9', '10.1.2.3'), 2, 'the client that the proxy names');
  assert.equal(await ask(behind, () => '203.0.113.10', '10.1.2.3'), 2, 'another client of the proxy');
  assert.equal(
    await ask(behind, () => `${fresh()}, 203.0.113.9`, '10.1.2.3'),
    0,
    'what the client wrote before the proxy did is not believed',
  );
});

test('a listening app counts the address of the connection', async (t) => {
  const { app } = await guardedApp(t, { rateLimit: { requestsPerMinute: 2 } });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const seen: number[] = [];
  for (let i = 0; i < 4; i++) {
    const response = await fetch(`${url}/address`, { headers: { 'x-forwarded-for': `198.51.100.${i}` } });
    seen.push(response.status);
    const body = (await response.json()) as { address?: string };
    if (response.ok) assert.equal(body.address, '127.0.0.1');
  }
  assert.deepEqual(seen, [200, 200, 429, 429]);
});
