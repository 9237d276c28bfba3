// Tracing without a collector: requests have ids, for logs and callers, and nothing is recorded.
import { incomingContext } from './incoming-context.ts';
import type { RequestTrace, SpanClock, Tracing } from './request-trace.ts';
import { newSpanId, newTraceId } from './trace-ids.ts';
import { formatTraceparent } from './traceparent.ts';

/** Knows no exporter, and imports none. */
export function idsOnlyTracing(now: SpanClock): Tracing {
  return {
    now,
    start: (headers): RequestTrace => {
      const { parent, tracestate } = incomingContext(headers);
      const spanId = newSpanId();
      // Whether the trace is sampled is the caller's word; of a trace that begins here nothing is kept.
      const context = { ...(parent ?? { traceId: newTraceId(), sampled: false, random: true }), spanId };
      return {
        traceId: context.traceId,
        spanId,
        traceparent: formatTraceparent(context),
        tracestate,
        child: () => undefined,
        end: () => undefined,
      };
    },
    close: () => Promise.resolve(),
  };
}
