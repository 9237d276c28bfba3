// All metric families of the service in one registry: HTTP, predictions, models, and the process (CPU, memory, event-loop lag).
import { collectDefaultMetrics, Registry } from 'prom-client';
import { httpMetrics, type HttpMetrics } from './http.ts';
import { modelMetrics, type ModelMetrics } from './models.ts';
import { predictionMetrics, type PredictionMetrics, type PredictionMetricsOptions } from './predictions.ts';

export interface ServiceMetrics extends HttpMetrics, PredictionMetrics, ModelMetrics {
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
    contentType: registry.contentType,
    read: () => registry.metrics(),
  };
}
