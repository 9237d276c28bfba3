// A small real app behind the guards: one route of each scope, one that forgot to say, a page; errors as the service
// sends them, the log in memory.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { PawprintError } from '../../../core/index.ts';
import { sendProblem } from '../../problem.ts';
import { formatKey, type KeyScope } from '../api-keys.ts';
import { addKey } from '../key-file.ts';
import { type SecurityOptions, securityPlugin } from '../security-plugin.ts';

export interface GuardedApp {
  readonly app: FastifyInstance;
  /** Everything logged so far. */
  readonly log: () => string;
}

/** A clock that a test moves. */
export interface Clock {
  ms: number;
}

export async function guardedApp(
  t: TestContext,
  options: Partial<SecurityOptions> = {},
  server: Pick<FastifyServerOptions, 'trustProxy'> = {},
): Promise<GuardedApp> {
  let logged = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      logged += chunk.toString();
      done();
    },
  });
  const app = fastify({ ...server, logger: { level: 'trace', stream } });
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new PawprintError('ROUTE_UNKNOWN', { message: 'there is nothing here' }), request, reply),
  );
  await securityPlugin(app, {
    apiKeys: undefined,
    rateLimit: undefined,
    corsOrigins: [],
    protectMetrics: false,
    now: () => new Date('2026-01-01T00:00:00Z'),
    nowMs: () => 0,
    ...options,
  });
  app.post('/predict', { config: { scope: 'predict' } }, (request) => ({ by: request.keyHolder?.name ?? null }));
  app.get('/admin/models', { config: { scope: 'admin' } }, () => ({ models: [] }));
  for (const url of ['/health', '/live', '/metrics', '/stats', '/other'])
    app.get(url, { config: { scope: 'open' } }, () => ({ url }));
  app.get('/', { config: { scope: 'open', page: true } }, (_, reply) => reply.type('text/html').send('<p>'));
  app.get('/forgotten', () => ({ forgotten: true }));
  app.get('/address', { config: { scope: 'open' } }, (request) => ({ address: request.ip }));
  t.after(() => app.close());
  return { app, log: () => logged };
}

/** A key file with a key for each name, and the keys. */
export async function keyFileFor<Name extends string>(
  t: TestContext,
  scopes: Readonly<Record<Name, readonly KeyScope[]>>,
): Promise<{ readonly path: string; readonly keys: Readonly<Record<Name, string>> }> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-keys-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'keys.json');
  const keys: Partial<Record<Name, string>> = {};
  let byte = 1;
  for (const [name, held] of Object.entries(scopes) as [Name, readonly KeyScope[]][]) {
    const key = formatKey(new Uint8Array(32).fill(byte++));
    keys[name] = key;
    await addKey(path, { name, key, scopes: held, createdAt: new Date(0), expiresAt: undefined });
  }
  return { path, keys: keys as Record<Name, string> };
}

export const bearer = (key: string): { authorization: string } => ({ authorization: `Bearer ${key}` });
