// HTTP: how many requests, and how long they took.
import { Counter, Histogram, type Registry } from 'prom-client';

export interface HttpMetrics {
  readonly requests: Counter<'route' | 'method' | 'status'>;
  readonly duration: Histogram<'route'>;
}

/** `route` is the pattern of a known route or `unknown`, never an address that a client made up. */
export function httpMetrics(registry: Registry): HttpMetrics {
  return {
    requests: new Counter({
      name: 'pawprint_http_requests_total',
      help: 'HTTP requests that were answered, by route, method and status.',
      labelNames: ['route', 'method', 'status'],
      registers: [registry],
    }),
    duration: new Histogram({
      name: 'pawprint_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer.',
      labelNames: ['route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
  };
}
