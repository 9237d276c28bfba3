// What the service knows of tracing: a trace of each request, with ids whether or not anybody collects them.
import type { RequestHeaders } from './incoming-context.ts';

/** Epoch milliseconds, with fractions. */
export type SpanClock = () => number;

/** Names by OpenTelemetry's semantic conventions or `pawprint.…`. Numbers, truth values and short text; never bytes. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Both in epoch milliseconds, with fractions, on the clock of `Tracing.now`. */
export interface SpanTiming {
  readonly startMs: number;
  readonly endMs: number;
}

/** How a request ended. */
export interface RequestOutcome {
  /** The pattern of the route (`/v2/models/:model`); undefined when no route was found. Never the address itself. */
  readonly route: string | undefined;
  readonly method: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** The code of the problem that was answered, or the class of the error. */
  readonly error?: string | undefined;
  readonly attributes?: SpanAttributes | undefined;
}

/** The span of one request. No method throws. */
export interface RequestTrace {
  /** 32 hex digits: the caller's, or new. */
  readonly traceId: string;
  /** 16 hex digits: this request's own. */
  readonly spanId: string;
  /** For the answer, and for calls onward. */
  readonly traceparent: string;
  /** The caller's, as given; undefined when there was none or it was not well formed. */
  readonly tracestate: string | undefined;
  /** Adds a part of the work that is already over. A timing that is not finite is left out. */
  child(name: string, timing: SpanTiming, attributes?: SpanAttributes): void;
  /** Ends the request's span; only the first call counts. */
  end(outcome: RequestOutcome): void;
}

export interface Tracing {
  /** The clock that spans are timed with. */
  readonly now: SpanClock;
  /** Begins a request's span: in the caller's trace when `headers` name one, else in a new one. */
  start(
    headers: RequestHeaders,
    options: { readonly name: string; readonly attributes?: SpanAttributes | undefined },
  ): RequestTrace;
  /** Sends what is left, for at most 3 seconds, and lets go of the collector. Never throws; a second call does nothing. */
  close(): Promise<void>;
}
