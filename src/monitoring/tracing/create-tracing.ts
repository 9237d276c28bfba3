// Chooses how requests are traced. OpenTelemetry is loaded only when there is a collector to send spans to.
import { idsOnlyTracing } from './ids-only-tracing.ts';
import type { SpanClock, Tracing } from './request-trace.ts';
import type { TracingDependencies, TracingOptions } from './tracing-options.ts';

/**
 * The clock of spans unless told otherwise. Worker threads count from an origin of their own, and come to the same; the
 * wall clock knows no fractions of a millisecond.
 */
const spanClock: SpanClock = () => performance.timeOrigin + performance.now();

/** Does not wait for the collector, and does not fail when there is none. */
export async function createTracing(options: TracingOptions & TracingDependencies): Promise<Tracing> {
  const { endpoint, now = spanClock } = options;
  if (endpoint === null) return idsOnlyTracing(now);
  const { otlpTracing } = await import('./otlp-tracing.ts');
  return otlpTracing({ ...options, endpoint, now });
}
