// The service as a plugin-made app that never listens: tests inject requests, `pawprint serve` gives it a port.
import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import { fastify, type FastifyInstance, LogController } from 'fastify';
import { PawprintError } from '../core/index.ts';
import type { AppDependencies } from './dependencies.ts';
import { sendProblem } from './problem.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { pageRoutes } from './routes/page.ts';
import { predictRoutes } from './routes/predict.ts';

export type { AppDependencies } from './dependencies.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What was answered, for the log line. */
    predicted?: {
      readonly label: string;
      readonly confidence: number;
      readonly decision: string;
      readonly bytes: number;
    };
  }
}

/** A client's own request id is kept when it is one: letters, digits, dots, dashes. */
const requestIdPattern = /^[\w.-]{1,128}$/;
/** Fields beside the picture, and the parts in all: a form has a handful, an attack has thousands. */
const multipartLimits = { files: 1, fields: 16, parts: 17, fieldNameSize: 100, fieldSize: 1024, headerPairs: 32 };
/** A request that has not arrived by then is given up: slow senders may not hold connections. */
const requestTimeoutMs = 30_000;

/** Builds the app. Answers follow docs/errors.md; log lines hold no picture and no key. */
export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const { maxBodyBytes, log, metrics, statistics } = dependencies;
  const app = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    // One line a request, with what was answered; Fastify's own two say less.
    logController: new LogController({ disableRequestLogging: true }),
    logger: log === null ? false : { level: 'info', stream: log },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
    },
  });
  await app.register(multipart, { limits: { ...multipartLimits, fileSize: maxBodyBytes } });
  // A picture is no JSON and no text: what says so is refused before its body is read.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser(/^(image\/|application\/octet-stream)/, { parseAs: 'buffer' }, (_, body, done) => {
    done(null, body);
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1000;
    metrics.requests.inc({ route, method: request.method, status: String(reply.statusCode) });
    metrics.duration.observe({ route }, seconds);
    // Here, not in the route: a body that is refused never reaches it.
    if (route === '/predict' && reply.statusCode >= 400) statistics.observeFailure();
    request.log.info(
      {
        route,
        method: request.method,
        status: reply.statusCode,
        milliseconds: reply.elapsedTime,
        ...request.predicted,
      },
      'request',
    );
    done();
  });
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new PawprintError('ROUTE_UNKNOWN', {
        message: `there is no ${request.method} here`,
        hint: 'POST /predict, GET /health, /live, /ready, /metrics, /stats',
      }),
      request,
      reply,
    ),
  );
  healthRoutes(app, dependencies);
  predictRoutes(app, dependencies);
  metricsRoutes(app, dependencies);
  await pageRoutes(app, dependencies);
  return app;
}
