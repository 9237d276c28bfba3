// What GET /stats says: counts since the start, and percentiles over the latest predictions.

export interface ObservedPrediction {
  readonly label: string;
  readonly decision: string;
  readonly confidence: number;
  readonly latencyMs: number;
}

export interface StatisticsSummary {
  readonly predictions: number;
  readonly failed: number;
  readonly byClass: Readonly<Record<string, number>>;
  readonly byDecision: Readonly<Record<string, number>>;
  /** Mean over all; null before the first. */
  readonly meanConfidence: number | null;
  /** Over the latest predictions, milliseconds; null before the first. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
}

export interface RequestStatistics {
  observe(prediction: ObservedPrediction): void;
  observeFailure(): void;
  summary(): StatisticsSummary;
}

/** Percentiles look back on so many predictions. */
const latest = 4096;

/** `classNames` are counted from zero. Memory does not grow with the number of requests. */
export function createRequestStatistics(classNames: readonly string[]): RequestStatistics {
  const byClass = Object.fromEntries(classNames.map((name) => [name, 0]));
  const byDecision: Record<string, number> = { sure: 0, unsure: 0, neither: 0 };
  const latencies = new Float64Array(latest);
  let [predictions, failed, confidence] = [0, 0, 0];
  return {
    observe: (prediction) => {
      latencies[predictions % latest] = prediction.latencyMs;
      predictions++;
      confidence += prediction.confidence;
      byClass[prediction.label] = (byClass[prediction.label] ?? 0) + 1;
      byDecision[prediction.decision] = (byDecision[prediction.decision] ?? 0) + 1;
    },
    observeFailure: () => {
      failed++;
    },
    summary: () => {
      const sorted = latencies.slice(0, Math.min(predictions, latest)).sort();
      // Nearest rank: the smallest value with at least this share at or below it.
      const percentile = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
      return {
        predictions,
        failed,
        byClass: { ...byClass },
        byDecision: { ...byDecision },
        meanConfidence: predictions === 0 ? null : confidence / predictions,
        latencyMs: predictions === 0 ? null : { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
      };
    },
  };
}
