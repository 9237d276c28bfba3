// How much each client has asked for lately: a bucket a client that runs out at a steady rate, as a store for
// @fastify/rate-limit. Its own store counts in fixed minutes of the wall clock: twice the limit passes where two minutes
// meet, and a clock set back by an hour refuses clients for that hour. This one takes a clock that only goes forward.
import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';

/** Clients remembered at once, those seen last: about 2 MB. */
const maxClients = 10_000;

interface Bucket {
  readonly level: number;
  readonly atMs: number;
}

/**
 * A store for limits of `max` requests that come back at `max` in `timeWindow` milliseconds, one after another.
 *
 * @param nowMs - milliseconds that never go back
 */
export function tokenBuckets(nowMs: () => number): FastifyRateLimitStoreCtor {
  return class TokenBuckets implements FastifyRateLimitStore {
    /** In the order in which they were seen. */
    readonly #buckets = new Map<string, Bucket>();

    /** Hands on how full the bucket is (more than `max`: refused) and the milliseconds until it has room, or is empty. */
    incr(
      key: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
      timeWindow: number,
      max: number,
    ): void {
      const atMs = nowMs();
      const perMs = max / timeWindow;
      const before = this.#buckets.get(key);
      const left = before === undefined ? 0 : Math.max(0, before.level - (atMs - before.atMs) * perMs);
      // Not quite 1: what ran out in thirds and tenths does not add up to whole requests.
      const fits = left + 1 <= max + 1e-6;
      const level = fits ? left + 1 : left;
      this.#remember(key, { level, atMs });
      if (fits) callback(null, { current: Math.min(max, Math.ceil(level - 1e-6)), ttl: level / perMs });
      else callback(null, { current: max + 1, ttl: (level + 1 - max) / perMs });
    }

    child(): FastifyRateLimitStore {
      return new TokenBuckets();
    }

    #remember(key: string, bucket: Bucket): void {
      this.#buckets.delete(key);
      this.#buckets.set(key, bucket);
      if (this.#buckets.size <= maxClients) return;
      const [longestAgo] = this.#buckets.keys();
      if (longestAgo !== undefined) this.#buckets.delete(longestAgo);
    }
  };
}
