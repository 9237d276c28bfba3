// One log line and one count a request. What a line holds: id, route, status, milliseconds and what was answered; never the
// picture, a key, or an address's query.
import type { FastifyInstance } from 'fastify';
import type { AppDependencies } from './dependencies.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What was answered, for the log line. */
    outcome?: Readonly<Record<string, string | number | boolean | undefined>>;
  }
}

export function logRequests(app: FastifyInstance, { metrics, statistics }: AppDependencies): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    const { statusCode: status, elapsedTime: milliseconds } = reply;
    metrics.requests.inc({ route, method, status: String(status) });
    metrics.duration.observe({ route }, milliseconds / 1000);
    // Here, not in the route: a body that is refused never reaches it.
    if (status >= 400 && request.routeOptions.config.countsFailures === true) statistics.observeFailure();
    request.log.info(
      {
        route,
        method,
        status,
        milliseconds: Math.round(100 * milliseconds) / 100,
        traceId: request.trace?.traceId,
        key: request.keyHolder?.name,
        ...request.outcome,
      },
      'request',
    );
    done();
  });
  // A client that goes away, in the middle of its upload or before its answer: no response will be logged.
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      if (reply.raw.writableFinished) return;
      const [route, { method }, status] = [request.routeOptions.url ?? 'unknown', request, 499];
      metrics.requests.inc({ route, method, status: String(status) });
      request.log.info({ route, method, status, ...request.outcome }, 'client went away');
    });
    done();
  });
}
