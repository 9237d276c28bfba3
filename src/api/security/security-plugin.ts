// Everything that stands between the network and the routes, in the order in which a request meets it: headers, CORS, key,
// limits. Plain options in; the command line reads them.
import type { FastifyInstance } from 'fastify';
import { PawprintError } from '../../core/index.ts';
import { guardRoutes } from './access.ts';
import { openToOrigins } from './cors.ts';
import { addSecurityHeaders } from './headers.ts';
import { watchKeyFile, type WatchedKeyRing } from './key-watch.ts';
import { createLimiters, type RateLimit } from './rate-limit.ts';
import { watchForUnmarkedRoutes } from './scopes.ts';

export interface SecurityOptions {
  /** Absolute path of the key file; undefined: predictions are open, administration is closed. */
  readonly apiKeys: string | undefined;
  /** undefined: none but the one of requests without a valid key. */
  readonly rateLimit: RateLimit | undefined;
  /** Sites whose pages may call the service; see checkOrigins. */
  readonly corsOrigins: readonly string[];
  /** Whether /metrics and /stats need a key, of any scope. */
  readonly protectMetrics: boolean;
  readonly now: () => Date;
  /** Milliseconds that never go back (performance.now). */
  readonly nowMs: () => number;
}

/**
 * Puts the guards on `app`; call it before the first route is added. Throws what `watchKeyFile` and `checkOrigins` do,
 * and USAGE when metrics are to be protected by keys that nobody has.
 */
export async function securityPlugin(app: FastifyInstance, options: SecurityOptions): Promise<void> {
  const { apiKeys, rateLimit, corsOrigins, protectMetrics, now, nowMs } = options;
  if (protectMetrics && apiKeys === undefined)
    throw new PawprintError('USAGE', {
      message: 'metrics cannot be protected without keys',
      expected: 'a key file',
      hint: 'pawprint api-key create --file keys.json --name NAME; then add --api-keys keys.json',
    });
  const unmarkedRoutes = watchForUnmarkedRoutes(app);
  addSecurityHeaders(app);
  await openToOrigins(app, corsOrigins);
  const ring = apiKeys === undefined ? undefined : await watchKeys(app, apiKeys, now);
  guardRoutes(app, { ring, protectMetrics, limiters: await createLimiters(app, { rateLimit, nowMs }) });
  app.addHook('onReady', (done) => {
    app.log.info(
      { keysNeeded: ring !== undefined, protectMetrics, rateLimit, corsOrigins, unmarkedRoutes: unmarkedRoutes() },
      'security',
    );
    done();
  });
}
// Registered as a plugin it must not get an app of its own, or it would guard none of the routes beside it.
Object.assign(securityPlugin, { [Symbol.for('skip-override')]: true });

async function watchKeys(app: FastifyInstance, path: string, now: () => Date): Promise<WatchedKeyRing> {
  const ring = await watchKeyFile({
    path,
    now,
    onChange: (usable, words) => {
      app.log[usable ? 'info' : 'error']({ keys: words }, usable ? 'key file read again' : 'key file not usable');
    },
  });
  app.addHook('onClose', (_, done) => {
    ring.close();
    done();
  });
  return ring;
}
