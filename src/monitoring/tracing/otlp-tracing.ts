// Tracing with a collector: spans by OpenTelemetry's SDK, sent in batches as OTLP/HTTP JSON. Imported only when there is an
// endpoint. Everything the SDK would look up in the environment is given to it here.
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace, type TraceState } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { collectorConnection } from './collector-connection.ts';
import { countedExport } from './counted-export.ts';
import { incomingContext, type IncomingContext } from './incoming-context.ts';
import type { RequestTrace, SpanClock, Tracing } from './request-trace.ts';
import { isServerError, safeAttributes, serverAttributes, serverSpanName } from './span-attributes.ts';
import { newSpanId, newTraceId } from './trace-ids.ts';
import { formatTraceparent } from './traceparent.ts';
import type { TracingDependencies, TracingOptions } from './tracing-options.ts';

type OtlpOptions = TracingOptions & TracingDependencies & { readonly endpoint: string; readonly now: SpanClock };

/** Spans that wait for their export: some 500 requests of four spans, in two megabytes. */
const maxWaiting = 2048;
/** Spans of one export: 160 kB of JSON, whose writing holds the event loop for about a millisecond. */
const maxBatch = 256;
/** A trace is to be seen soon after its request, and a quiet service is not to send spans one by one. */
const delayMs = 2000;
/** Of one export, retries (after 1 s, 1.5 s, …) included: a collector stands near, and each waiting second fills the queue. */
const exportMs = 5000;
/** What close() waits for the last exports. */
const closeMs = 2500;
/** Longer texts are cut: a span holds codes and names. */
const maxTextLength = 256;

/** Does not wait for the collector. */
export function otlpTracing(options: OtlpOptions): Tracing {
  const { now, serviceVersion } = options;
  const connection = collectorConnection(options.headers ?? {}, exportMs);
  const exporter = new OTLPTraceExporter({
    url: options.endpoint,
    headers: connection.headers,
    timeoutMillis: exportMs,
    // All that may wait at the end are sent at once, in batches.
    concurrencyLimit: 1 + Math.ceil(maxWaiting / maxBatch),
    // Its enumeration stands in a package of the exporter's own.
    compression: 'none' as never,
    httpAgentOptions: connection.agent,
    userAgent: `pawprint/${serviceVersion}`,
  });
  const processor = countedExport(
    exporter,
    (counted) =>
      new BatchSpanProcessor({
        exporter: counted,
        maxQueueSize: maxWaiting,
        maxExportBatchSize: maxBatch,
        scheduledDelayMillis: delayMs,
        // The exporter gives up first, and says why.
        exportTimeoutMillis: 2 * exportMs,
      }),
    { maxWaiting, metrics: options.metrics, onError: options.onError },
  );
  const provider = new TracerProvider({
    resource: serviceResource(options),
    sampler: chooseSampler(options),
    spanLimits: { attributeValueLengthLimit: maxTextLength, attributeCountLimit: 64 },
    idGenerator: { generateTraceId: newTraceId, generateSpanId: newSpanId },
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('pawprint', serviceVersion);
  let closing: Promise<void> | undefined;
  return {
    now,
    start: (headers, { name, attributes }) => {
      const incoming = incomingContext(headers);
      const span = tracer.startSpan(
        name,
        { kind: SpanKind.SERVER, startTime: now(), attributes: safeAttributes(attributes) },
        contextOf(incoming),
      );
      return requestTrace(span, incoming, { now, tracer });
    },
    close: () => {
      // One batch that fails ends the provider's wait; the exporter's own goes on for the others.
      const flush = (): Promise<void> =>
        provider
          .shutdown()
          .catch(() => undefined)
          .then(() => exporter.shutdown())
          .catch(() => undefined);
      return (closing ??= atMost(closeMs, flush()).then(() => connection.cut()));
    },
  };
}

function serviceResource({ serviceName, serviceVersion, resourceAttributes }: OtlpOptions): Resource {
  const own = { 'service.name': serviceName, 'service.version': serviceVersion, ...resourceAttributes };
  return defaultResource().merge(resourceFromAttributes(own));
}

function chooseSampler({ sampleRatio, parentBased = true }: OtlpOptions): Sampler {
  const root =
    sampleRatio >= 1
      ? new AlwaysOnSampler()
      : sampleRatio <= 0
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(sampleRatio);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}

function contextOf({ parent, tracestate }: IncomingContext): typeof ROOT_CONTEXT {
  if (parent === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: parent.sampled ? 1 : 0,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: asGiven(tracestate) }),
  });
}

/** Nobody here reads or changes the caller's state: it is handed on as it came. */
function asGiven(tracestate: string): TraceState {
  const state: TraceState = { get: () => undefined, set: () => state, unset: () => state, serialize: () => tracestate };
  return state;
}

function requestTrace(
  span: Span,
  { parent, tracestate }: IncomingContext,
  { now, tracer }: { readonly now: SpanClock; readonly tracer: ReturnType<TracerProvider['getTracer']> },
): RequestTrace {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const recorded = span.isRecording();
  let ended = false;
  return {
    traceId,
    spanId,
    traceparent: formatTraceparent({
      traceId,
      spanId,
      sampled: (traceFlags & 1) !== 0,
      random: parent?.random ?? true,
    }),
    tracestate,
    child: (name, { startMs, endMs }, attributes) => {
      // A time that is no number would make the whole batch unreadable.
      if (!recorded || !Number.isFinite(startMs) || !Number.isFinite(endMs)) return;
      tracer
        .startSpan(
          name,
          { kind: SpanKind.INTERNAL, startTime: startMs, attributes: safeAttributes(attributes) },
          trace.setSpan(ROOT_CONTEXT, span),
        )
        .end(endMs);
    },
    end: (outcome) => {
      if (!recorded || ended) return;
      ended = true;
      span.updateName(serverSpanName(outcome));
      span.setAttributes(serverAttributes(outcome));
      if (isServerError(outcome)) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(now());
    },
  };
}

/** Resolves with `work`, or after `ms` without it. */
async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
