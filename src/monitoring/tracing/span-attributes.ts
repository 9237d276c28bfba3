// What spans hold, by OpenTelemetry's semantic conventions of HTTP servers, and what they never hold.
import type { RequestOutcome, SpanAttributes } from './request-trace.ts';

/** The methods that the conventions know; any other is a client's invention and would make names without end. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);

/** Attributes that hold a query string or headers, where people put keys. */
const refused = /^(url\.(query|full)|http\.(url|target)|http\.(request|response)\.header\..*)$/;

/** The attributes that a span may hold: no query, no headers, a path without its query, nothing undefined. */
export function safeAttributes(attributes: SpanAttributes = {}): Record<string, string | number | boolean> {
  const safe: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || refused.test(name)) continue;
    safe[name] = name === 'url.path' ? String(value).replace(/[?#].*$/s, '') : value;
  }
  return safe;
}

/** `POST /predict`: low in number, whatever clients send. */
export function serverSpanName({ method, route }: RequestOutcome): string {
  const verb = knownMethods.has(method) ? method : 'HTTP';
  return route === undefined ? verb : `${verb} ${route}`;
}

/** A server's span is an error from 500 on: what a client did wrong is no failure of the service. */
export function isServerError({ status }: RequestOutcome): boolean {
  return status >= 500;
}

/** The attributes of a request that has ended. A refusal's code stands in `pawprint.error.code`, whoever is to blame. */
export function serverAttributes(outcome: RequestOutcome): Record<string, string | number | boolean> {
  const { method, route, status, error, attributes } = outcome;
  const known = knownMethods.has(method);
  return safeAttributes({
    ...attributes,
    'http.request.method': known ? method : '_OTHER',
    'http.request.method_original': known ? undefined : method,
    'http.route': route,
    'http.response.status_code': status,
    'pawprint.error.code': error,
    'error.type': isServerError(outcome) ? (error ?? String(status)) : undefined,
  });
}
