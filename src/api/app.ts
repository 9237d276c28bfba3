// The service as a plugin-made app that never listens: tests inject requests, `pawprint serve` gives it a port.
import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import { fastify, type FastifyInstance, LogController } from 'fastify';
import type { z } from 'zod';
import { PawprintError } from '../core/index.ts';
import { logRequests } from './access-log.ts';
import type { AppDependencies } from './dependencies.ts';
import { answerEarlyRequests } from './early-answers.ts';
import { answerUnknownRoutes } from './not-found.ts';
import { openApi } from './openapi/index.ts';
import { createPredict } from './predicting.ts';
import { sendProblem } from './problem.ts';
import { adminModelRoutes } from './routes/admin-models.ts';
import { feedbackRoutes } from './routes/feedback.ts';
import { healthRoutes } from './routes/health.ts';
import { inferenceProtocolRoutes } from './routes/inference-protocol.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { pageRoutes } from './routes/page.ts';
import { predictBatchRoutes } from './routes/predict-batch.ts';
import { predictRoutes } from './routes/predict.ts';
import './route.ts';
import { apiHeaders, createClientErrors, refuseOddRequests, securityPlugin } from './security/index.ts';
import { traceRequests } from './trace-requests.ts';

export type { AppDependencies, RequestLimits, RequestTimeouts } from './dependencies.ts';

/** A client's own request id is kept when it is one: letters, digits, dots, dashes. */
const requestIdPattern = /^[\w.-]{1,128}$/;
/** Of one part of a form; see form-files.ts for the form as a whole. */
const partLimits = { fieldNameSize: 100, fieldSize: 1024, headerPairs: 32 };
const defaultTimeouts = { headersMs: 10_000, requestMs: 30_000 };
/** How often the server looks for slow senders. */
const connectionsCheckingIntervalMs = 1_000;
/** Longer than load balancers keep theirs (60 s): the one that closes a connection must not be the one that is asked. */
const keepAliveMs = 65_000;

/** Builds the app. Answers follow docs/errors.md; log lines hold no picture and no key. */
export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const { limits, log, version, isReady, security, now, timeouts = defaultTimeouts } = dependencies;
  const clientErrors = createClientErrors();
  const app = fastify({
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: keepAliveMs,
    http: {
      headersTimeout: Math.min(timeouts.headersMs, timeouts.requestMs),
      connectionsCheckingInterval: connectionsCheckingIntervalMs,
      // Refused by refuseOddRequests instead, in the form of every other refusal.
      requireHostHeader: false,
    },
    // Whoever is heard is answered, to the end: a request on an open connection may have been sent before SIGTERM.
    return503OnClosing: false,
    // One line a request, with what was answered; Fastify's own two say less.
    logController: new LogController({ disableRequestLogging: true }),
    logger: log === null ? false : { level: 'info', stream: log },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
    },
    trustProxy: security.trustProxy,
    clientErrorHandler: clientErrors.answer,
    frameworkErrors: (error, request, reply) =>
      void sendProblem(error, request, reply.headers({ ...apiHeaders, 'x-request-id': request.id })),
  });
  checkBySchemas(app);
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  // A client that keeps its connection would go on asking a service that is about to end.
  app.addHook('onSend', (_, reply, payload, done) => {
    if (!isReady()) void reply.header('connection', 'close');
    done(null, payload);
  });
  clientErrors.watch(app);
  answerEarlyRequests(app);
  traceRequests(app, dependencies);
  logRequests(app, dependencies);
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  await securityPlugin(app, { ...security, now });
  refuseOddRequests(app);
  answerUnknownRoutes(app);
  openApi(app, {
    title: 'Pawprint',
    version,
    description: 'An image classifier: pictures in, calibrated answers out.',
  });
  const predict = createPredict(dependencies);
  healthRoutes(app, dependencies);
  metricsRoutes(app, dependencies);
  await pageRoutes(app, dependencies);
  await app.register(async (pictures) => {
    await takePictures(pictures);
    predictRoutes(pictures, dependencies, predict);
    predictBatchRoutes(pictures, dependencies, predict);
  });
  await app.register((json, _, done) => {
    // Keys such as __proto__ are refused. Other bodies are never parsed as JSON, which would hold up every request.
    json.addContentTypeParser('application/json', { parseAs: 'string' }, json.getDefaultJsonParser('error', 'error'));
    inferenceProtocolRoutes(json, dependencies, predict);
    feedbackRoutes(json, dependencies);
    adminModelRoutes(json, dependencies);
    done();
  });
  return app;
}

/** Requests are checked by their zod schemas; answers are plain JSON, held to theirs by the tests. */
function checkBySchemas(app: FastifyInstance): void {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (data) => {
    const parsed = schema.safeParse(data);
    if (parsed.success) return { value: parsed.data };
    const [issue] = parsed.error.issues;
    const where = [httpPart === 'querystring' ? 'query' : httpPart, ...(issue?.path ?? [])].join('.');
    return {
      error: new PawprintError('REQUEST_INVALID', {
        message: `${where}: ${issue?.message ?? 'not as expected'}`,
        hint: 'GET /docs shows what is expected.',
      }),
    };
  });
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
}

/** A picture comes as a form's field or as the body; it is bytes, whatever it says it is. */
async function takePictures(app: FastifyInstance): Promise<void> {
  await app.register(multipart, { limits: partLimits });
  app.addContentTypeParser(/^(image\/|application\/octet-stream)/, { parseAs: 'buffer' }, (_, body, done) => {
    done(null, body);
  });
}
