// From a request's headers to the place in a trace that it comes from.
import { parseTraceparent, type TraceContext } from './traceparent.ts';
import { keepTracestate } from './tracestate.ts';

/** Headers with lower-case names; Node's IncomingHttpHeaders are such. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface IncomingContext {
  /** The caller's span; undefined when a new trace begins. */
  readonly parent: TraceContext | undefined;
  /** As it was given; undefined without a parent. */
  readonly tracestate: string | undefined;
}

/** Reads `traceparent` and `tracestate`. Two `traceparent` contradict each other: a new trace begins. */
export function incomingContext(headers: RequestHeaders): IncomingContext {
  const given = headers.traceparent;
  const traceparent = Array.isArray(given) && given.length === 1 ? (given[0] as string) : given;
  const parent = typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined;
  const { tracestate } = headers;
  if (parent === undefined || tracestate === undefined) return { parent, tracestate: undefined };
  // Several `tracestate` headers are one list.
  return { parent, tracestate: keepTracestate(typeof tracestate === 'string' ? tracestate : tracestate.join(',')) };
}
