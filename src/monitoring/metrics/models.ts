// Models: which one answers, how often it was changed, and what its challenger says.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface ModelMetrics {
  readonly modelInfo: Gauge<'name' | 'kind' | 'sha256'>;
  readonly modelSwaps: Counter<'outcome'>;
  readonly shadowPredictions: Counter<'outcome'>;
  readonly shadowDifference: Histogram;
}

export function modelMetrics(registry: Registry): ModelMetrics {
  const modelSwaps = new Counter({
    name: 'pawprint_model_swaps_total',
    help: 'Changes of the model that answers, and attempts that left the old one in its place.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const shadowPredictions = new Counter({
    name: 'pawprint_shadow_predictions_total',
    help: 'Pictures that a challenger was asked too, by whether it agreed; its answers are never returned.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of ['swapped', 'failed']) modelSwaps.inc({ outcome }, 0);
  for (const outcome of ['agree', 'disagree', 'failed', 'skipped']) shadowPredictions.inc({ outcome }, 0);
  return {
    modelSwaps,
    shadowPredictions,
    modelInfo: new Gauge({
      name: 'pawprint_model_info',
      help: 'The model that answers; always 1.',
      labelNames: ['name', 'kind', 'sha256'],
      registers: [registry],
    }),
    shadowDifference: new Histogram({
      name: 'pawprint_shadow_probability_difference_ratio',
      help: "How far the challenger's probabilities are from those that were answered, the largest of a class.",
      buckets: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1],
      registers: [registry],
    }),
  };
}
