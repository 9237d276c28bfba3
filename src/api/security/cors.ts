// Which other sites' pages may call the service from a browser: none, unless named. Keys travel in a header that a script
// sets itself, never in cookies, so no site can act with somebody else's rights.
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { PawprintError } from '../../core/index.ts';

/** Checks origins as `https://shop.example` or `http://localhost:3000`. Throws USAGE: no `*`, no `null`, no path. */
export function checkOrigins(origins: readonly string[]): readonly string[] {
  for (const origin of origins) {
    const url = URL.parse(origin);
    if (url !== null && /^https?:$/.test(url.protocol) && url.origin === origin) continue;
    throw new PawprintError('USAGE', {
      message: 'an origin for CORS has a form that does not fit',
      expected: 'scheme, host and port alone, as https://shop.example or http://localhost:3000; no *',
      received: origin,
      hint: 'Name each site; give --cors-origin once for each.',
    });
  }
  return origins;
}

/** Opens the service to pages of exactly these origins; without any, nothing is registered. */
export async function openToOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  // The plugin's own route. Preflights are answered before any key is asked for: browsers send none with them.
  app.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS' && route.url === '*') route.config = { ...route.config, scope: 'open' };
  });
  await app.register(cors, {
    origin: [...checkOrigins(origins)],
    credentials: false,
    methods: ['GET', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'x-request-id', 'traceparent', 'tracestate'],
    exposedHeaders: [
      'x-request-id',
      'traceparent',
      'retry-after',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
    ],
    maxAge: 600,
    // Otherwise an OPTIONS that is no preflight gets an answer in plain text that is not ours.
    strictPreflight: false,
  });
}
