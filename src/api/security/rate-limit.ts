// How many requests a client may send: a key where one was shown, else an address (of IPv6 its /64, of which one customer
// has them all). Requests without a valid key, where one is needed, have a much lower limit.
import { isIP } from 'node:net';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PawprintError } from '../../core/index.ts';
import { tokenBuckets } from './token-buckets.ts';

export interface RateLimit {
  /** In the long run. */
  readonly requestsPerMinute: number;
  /** At once; `requestsPerMinute` unless told. */
  readonly burst?: number | undefined;
}

export interface Limiters {
  /** Counts a request of a holder or an address; throws RATE_LIMITED. */
  readonly request: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Counts a request that showed no valid key; throws RATE_LIMITED. */
  readonly failure: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/** Of one address. Not what keeps guessers out (256 bits do): it keeps them cheap, and visible as 429. */
export const failuresPerMinute = 30;

/** Asked every few seconds by what keeps the service alive: never refused. */
const exempt: ReadonlySet<string> = new Set([
  '/health',
  '/live',
  '/ready',
  '/metrics',
  '/v2/health/live',
  '/v2/health/ready',
  '/v2/models/:model/ready',
  '/v2/models/:model/versions/:version/ready',
]);

/** The address that counts: behind a proxy the client's, where `trustProxy` names the proxy. */
export function clientAddress(request: FastifyRequest): string {
  // A connection that is gone by now has none, and a proxy may write anything.
  return isIP(request.ip) === 0 ? 'unknown' : normalizeIP(request.ip);
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;

/** @param nowMs - milliseconds that never go back */
export async function createLimiters(
  app: FastifyInstance,
  { rateLimit: limit, nowMs }: { readonly rateLimit: RateLimit | undefined; readonly nowMs: () => number },
): Promise<Limiters> {
  await app.register(rateLimit, { global: false, store: tokenBuckets(nowMs) });
  const failures = app.createRateLimit({ max: failuresPerMinute, timeWindow: 60_000, keyGenerator: clientAddress });
  const requests = limit === undefined ? undefined : requestLimiter(app, limit);
  return {
    failure: (request, reply) => count(failures, request, reply),
    request: async (request, reply) => {
      const { url } = request.routeOptions;
      if (requests !== undefined && !(url !== undefined && exempt.has(url))) await count(requests, request, reply);
    },
  };
}

function requestLimiter(app: FastifyInstance, { requestsPerMinute, burst }: RateLimit): Limiter {
  const max = burst ?? requestsPerMinute;
  return app.createRateLimit({
    max,
    // The time in which a whole burst comes back.
    timeWindow: Math.max(1, Math.round((60_000 * max) / requestsPerMinute)),
    // No address has a space in it, so a key's name is never taken for one.
    keyGenerator: (request) => (request.keyHolder === null ? clientAddress(request) : `key ${request.keyHolder.name}`),
  });
}

async function count(limiter: Limiter, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const state = await limiter(request);
  if (state.isAllowed) return;
  const { max, remaining, ttlInSeconds, isExceeded } = state;
  void reply.headers({
    'ratelimit-limit': max,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': Math.max(1, ttlInSeconds),
  });
  if (!isExceeded) return;
  const seconds = Math.max(1, ttlInSeconds);
  void reply.header('retry-after', seconds);
  throw new PawprintError('RATE_LIMITED', {
    message: request.keyHolder === null ? 'too many requests from this address' : 'too many requests with this key',
    hint: `Try again in ${seconds} s.`,
  });
}
