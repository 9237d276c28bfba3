// Predictions: which classes, how sure, how many at once, how many wait.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface PredictionMetrics {
  readonly predictions: Counter<'label' | 'decision'>;
  readonly confidence: Histogram;
  readonly batchSize: Histogram;
  readonly workerFailures: Counter;
  readonly feedback: Counter<'outcome'>;
}

export interface PredictionMetricsOptions {
  readonly classNames: readonly string[];
  /** Asked when the metrics are read. */
  readonly waiting: () => number;
}

export function predictionMetrics(registry: Registry, options: PredictionMetricsOptions): PredictionMetrics {
  const predictions = new Counter({
    name: 'pawprint_predictions_total',
    help: 'Predictions, by likelier class and by what the model stands by.',
    labelNames: ['label', 'decision'],
    registers: [registry],
  });
  // A rate over a series that begins at its first event misses that event.
  for (const label of options.classNames)
    for (const decision of ['sure', 'unsure', 'neither']) predictions.inc({ label, decision }, 0);
  new Gauge({
    name: 'pawprint_queue_depth',
    help: 'Predictions that wait for a worker thread.',
    registers: [registry],
    collect() {
      this.set(options.waiting());
    },
  });
  const feedback = new Counter({
    name: 'pawprint_feedback_total',
    help: 'True labels that came in, by whether the prediction had been right; unmatched: it is not remembered.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of ['correct', 'wrong', 'unmatched']) feedback.inc({ outcome }, 0);
  return {
    predictions,
    feedback,
    workerFailures: new Counter({
      name: 'pawprint_worker_failures_total',
      help: 'Batches at which a worker thread died, hung or met a bug; their pictures are tried once more, alone.',
      registers: [registry],
    }),
    confidence: new Histogram({
      name: 'pawprint_prediction_confidence_ratio',
      help: 'Calibrated probability of the likelier class.',
      buckets: [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1],
      registers: [registry],
    }),
    batchSize: new Histogram({
      name: 'pawprint_batch_size_images',
      help: 'Pictures of one model run.',
      buckets: [1, 2, 4, 8, 16, 32],
      registers: [registry],
    }),
  };
}
