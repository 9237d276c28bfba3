// Chooses how requests are traced. OpenTelemetry is loaded only when there is a collector to send spans to.
import { idsOnlyTracing } from './ids-only-tracing.ts';
import type { Tracing } from './request-trace.ts';
import { createSpanClock } from './span-clock.ts';
import type { TracingDependencies, TracingOptions } from './tracing-options.ts';

/** Does not wait for the collector, and does not fail when there is none. */
export async function createTracing(options: TracingOptions & TracingDependencies): Promise<Tracing> {
  const { endpoint, now = createSpanClock() } = options;
  if (endpoint === null) return idsOnlyTracing(now);
  const { otlpTracing } = await import('./otlp-tracing.ts');
  return otlpTracing({ ...options, endpoint, now });
}
