// All metric families of the service in one registry: HTTP, predictions, models, traces, and the process (CPU, memory,
// event-loop lag).
import { collectDefaultMetrics, Registry } from 'prom-client';
import { httpMetrics, type HttpMetrics } from './http.ts';
import { modelMetrics, type ModelMetrics } from './models.ts';
import { predictionLogMetrics, type PredictionLogMetrics } from './prediction-log.ts';
import { predictionMetrics, type PredictionMetrics, type PredictionMetricsOptions } from './predictions.ts';
import { tracingMetrics, type TracingMetrics } from './tracing.ts';

export type { TracingMetrics } from './tracing.ts';

export interface ServiceMetrics
  extends HttpMetrics, PredictionMetrics, ModelMetrics, PredictionLogMetrics, TracingMetrics {
  /** Of the text that `read` gives. */
  readonly contentType: string;
  /** Prometheus' text format. */
  read(): Promise<string>;
}

export function createServiceMetrics(options: PredictionMetricsOptions): ServiceMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    ...httpMetrics(registry),
    ...predictionMetrics(registry, options),
    ...modelMetrics(registry),
    ...predictionLogMetrics(registry),
    ...tracingMetrics(registry),
    contentType: registry.contentType,
    read: () => registry.metrics(),
  };
}
