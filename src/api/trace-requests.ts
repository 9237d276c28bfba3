// A span for each request, in the caller's trace when it names one; the answer says which.
import type { FastifyInstance } from 'fastify';
import type { RequestTrace } from '../monitoring/index.ts';
import type { AppDependencies } from './dependencies.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where Fastify refuses a request before any hook runs. */
    trace?: RequestTrace;
  }
}

export function traceRequests(app: FastifyInstance, { tracing }: Pick<AppDependencies, 'tracing'>): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { method, url, headers } = request;
    const trace = tracing.start(headers, {
      name: method,
      attributes: { 'http.request.method': method, 'url.path': url },
    });
    request.trace = trace;
    void reply.header('traceparent', trace.traceparent);
    if (trace.tracestate !== undefined) void reply.header('tracestate', trace.tracestate);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { code, label, answer } = request.outcome ?? {};
    request.trace?.end({
      route: request.routeOptions.url,
      method: request.method,
      status: reply.statusCode,
      error: code === undefined ? undefined : String(code),
      attributes: { 'pawprint.label': label, 'pawprint.answer': answer },
    });
    done();
  });
  app.addHook('onRequestAbort', (request, done) => {
    request.trace?.end({ route: request.routeOptions.url, method: request.method, status: 499, error: 'CANCELLED' });
    done();
  });
}
