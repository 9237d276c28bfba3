// Traces of requests: W3C Trace Context in and out, OpenTelemetry spans to a collector when there is one.
export * from './create-tracing.ts';
export * from './request-trace.ts';
export type * from './tracing-options.ts';
export type { RequestHeaders } from './incoming-context.ts';
