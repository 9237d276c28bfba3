// The flags of `pawprint serve` about who may call it, as the guards take them.
import { type AppDependencies, checkOrigins, checkTrustProxy } from '../../api/index.ts';
import type { ServiceOptions } from './serve-options.ts';

/** Throws USAGE for an origin or a proxy that is none. */
export function securityOptions(options: ServiceOptions): AppDependencies['security'] {
  const { apiKeys, rateLimit, rateBurst, corsOrigin, trustProxy, protectMetrics } = options;
  return {
    apiKeys,
    rateLimit: rateLimit === undefined ? undefined : { requestsPerMinute: rateLimit, burst: rateBurst },
    corsOrigins: checkOrigins(corsOrigin),
    trustProxy: checkTrustProxy(trustProxy),
    protectMetrics,
    nowMs: () => performance.now(),
  };
}
