// What GET /stats says: counts since the start, percentiles over the latest predictions, and the last minute by seconds.
import { createRecentSeconds, percentile, type SecondSummary } from './recent-seconds.ts';

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
  readonly recent: readonly SecondSummary[];
  /** True labels that came in: of predictions that were right, wrong, or not remembered. */
  readonly feedback: { readonly correct: number; readonly wrong: number; readonly unmatched: number };
}

export interface RequestStatistics {
  observe(prediction: ObservedPrediction): void;
  observeFailure(): void;
  observeFeedback(outcome: 'correct' | 'wrong' | 'unmatched'): void;
  summary(): StatisticsSummary;
}

/** Percentiles look back on so many predictions. */
const latest = 4096;

const recentSeconds = 60;

/**
 * `classNames` are counted from zero. Memory does not grow with the number of requests. `now`: milliseconds that never go
 * back, whatever the clock does; `startedAt`: what the clock said when they were 0.
 */
export function createRequestStatistics(
  classNames: readonly string[],
  { now, startedAt }: { readonly now: () => number; readonly startedAt: Date },
): RequestStatistics {
  const recent = createRecentSeconds({ seconds: recentSeconds, now, startedAt });
  const feedback = { correct: 0, wrong: 0, unmatched: 0 };
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
      recent.observe(prediction);
    },
    observeFailure: () => {
      failed++;
      recent.observeFailure();
    },
    observeFeedback: (outcome) => {
      feedback[outcome]++;
    },
    summary: () => {
      const sorted = latencies.slice(0, Math.min(predictions, latest)).sort();
      const at = (share: number): number => percentile(sorted, share);
      return {
        predictions,
        failed,
        byClass: { ...byClass },
        byDecision: { ...byDecision },
        meanConfidence: predictions === 0 ? null : confidence / predictions,
        latencyMs: predictions === 0 ? null : { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
        recent: recent.summary(),
        feedback: { ...feedback },
      };
    },
  };
}
