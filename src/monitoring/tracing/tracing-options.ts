// What tracing is told: where spans go, which of them, and in whose name.
import type { TracingMetrics } from '../metrics/index.ts';
import type { SpanClock } from './request-trace.ts';

/** Where spans go, and which. */
export interface TracingOptions {
  /** The address that takes OTLP/HTTP JSON, with its path (…/v1/traces); null: ids, but no spans. */
  readonly endpoint: string | null;
  /** Sent along with every export. May hold a key: never printed. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** More about the service (`deployment.environment.name`); wins over the two above. */
  readonly resourceAttributes?: Readonly<Record<string, string>>;
  /** The share of traces to keep, 0 … 1, by trace id: services with the same share keep the same traces. */
  readonly sampleRatio: number;
  /** The caller's choice goes before the share; true unless told. */
  readonly parentBased?: boolean;
}

export interface TracingDependencies {
  readonly now?: SpanClock;
  /** Counts what becomes of spans. */
  readonly metrics?: TracingMetrics;
  /** Told once an outage of the collector, when it begins. */
  readonly onError?: (error: Error) => void;
}
