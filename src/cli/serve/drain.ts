// The end of a service's connections, in order: readiness has failed; load balancers get their time to notice; the port is
// closed; whoever was heard is answered; what is still open then is cut.
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

export interface DrainOptions {
  /** The port stays open for so long although readiness fails: endpoints of a cluster lag behind. */
  readonly lameDuckMs: number;
  /** Connections that are open so long after that are cut. */
  readonly drainMs: number;
}

/** How often connections are looked for that have fallen idle: one may be kept alive for a minute. */
const sweepMs = 50;

/** Resolves when the port is closed and no connection is left. */
export async function drainConnections(app: FastifyInstance, { lameDuckMs, drainMs }: DrainOptions): Promise<void> {
  if (lameDuckMs > 0) await delay(lameDuckMs);
  const sweep = setInterval(() => app.server.closeIdleConnections(), sweepMs);
  const cut = setTimeout(() => app.server.closeAllConnections(), drainMs);
  await app.close();
  clearInterval(sweep);
  clearTimeout(cut);
}
