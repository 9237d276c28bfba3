// Latencies in bounded memory: a histogram of microseconds to three digits, whatever the number of requests.
import { createHistogram } from 'node:perf_hooks';

export interface LatencySummary {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  /** Exact. */
  readonly max: number;
}

export interface Latencies {
  readonly count: number;
  record(milliseconds: number): void;
  /** Milliseconds; null before the first. */
  summary(): LatencySummary | null;
}

export function createLatencies(): Latencies {
  const histogram = createHistogram({ figures: 3 });
  let [count, max] = [0, 0];
  return {
    get count() {
      return count;
    },
    record: (milliseconds) => {
      count++;
      max = Math.max(max, milliseconds);
      histogram.record(Math.max(1, Math.round(1000 * milliseconds)));
    },
    summary: () => {
      if (count === 0) return null;
      // A bucket's upper end may lie past the largest value.
      const at = (percent: number): number => Math.min(max, histogram.percentile(percent) / 1000);
      return { p50: at(50), p90: at(90), p95: at(95), p99: at(99), max };
    },
  };
}
