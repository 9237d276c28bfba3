// The door: before a body is read, each request shows a key where its route asks for one, and is counted.
import type { FastifyInstance } from 'fastify';
import { PawprintError } from '../../core/index.ts';
import type { Scope } from '../route.ts';
import { type KeyHolder, type KeyRing, noAdminKey } from './api-keys.ts';
import type { Limiters } from './rate-limit.ts';
import { neededScope } from './scopes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key the request was let in with; null: none was needed. For the log line. */
    keyHolder: KeyHolder | null;
  }
}

export interface AccessOptions {
  /** undefined: no keys were configured. A ring whose keys are all revoked is another thing: it lets nobody in. */
  readonly ring: KeyRing | undefined;
  readonly protectMetrics: boolean;
  readonly limiters: Limiters;
}

/**
 * Guards every route of `app`. A key that is valid is let in whatever others at its address tried: behind a proxy all
 * clients may share one, and a guesser there must not be able to lock them out.
 */
export function guardRoutes(app: FastifyInstance, { ring, protectMetrics, limiters }: AccessOptions): void {
  app.decorateRequest('keyHolder', null);
  app.addHook('onRequest', async (request, reply) => {
    const shown = checkAccess(ring, neededScope(request, protectMetrics), request.headers.authorization);
    const refusal = shown instanceof PawprintError ? shown : undefined;
    if (refusal?.code === 'UNAUTHENTICATED') {
      await limiters.failure(request, reply);
      void reply.header('www-authenticate', 'Bearer');
      throw refusal;
    }
    if (!(shown instanceof PawprintError)) request.keyHolder = shown;
    await limiters.request(request, reply);
    if (refusal !== undefined) throw refusal;
  });
}

/** The holder of the key; null where none is needed; or the refusal. */
function checkAccess(
  ring: KeyRing | undefined,
  scope: Scope | 'any',
  header: string | undefined,
): KeyHolder | PawprintError | null {
  if (scope === 'open') return null;
  if (ring !== undefined) return ring.check(header, scope);
  return scope === 'admin' ? noAdminKey() : null;
}
