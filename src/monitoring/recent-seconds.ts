// The last minute, second by second: what live charts are drawn from. A ring of a fixed size; old seconds are written over.

export interface SecondSummary {
  /** The beginning of the second. */
  readonly at: string;
  readonly predictions: number;
  readonly failed: number;
  readonly byClass: Readonly<Record<string, number>>;
  readonly meanConfidence: number | null;
  /** Over the first 256 predictions of the second, milliseconds; null without any. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface RecentSeconds {
  observe(prediction: { readonly label: string; readonly confidence: number; readonly latencyMs: number }): void;
  observeFailure(): void;
  /** The last whole seconds, the oldest first; seconds without a request are there, empty. */
  summary(): SecondSummary[];
}

interface Second {
  epoch: number;
  predictions: number;
  failed: number;
  confidence: number;
  readonly byClass: Record<string, number>;
  readonly latencies: number[];
}

/** Latencies kept of one second: enough for its 95th percentile, whatever the traffic. */
const maxLatencies = 256;

/** Nearest rank: the smallest value with at least this share at or below it; 0 of none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** `now` gives milliseconds and never goes back (performance.now); `startedAt`: what the clock said when it was 0. */
export function createRecentSeconds({
  seconds,
  now,
  startedAt,
}: {
  readonly seconds: number;
  readonly now: () => number;
  readonly startedAt: Date;
}): RecentSeconds {
  // One more than is shown: the running second fills up meanwhile.
  const ring: Second[] = Array.from({ length: seconds + 1 }, () => empty(-1));
  const epochNow = (): number => Math.floor(now() / 1000);
  const current = (): Second => {
    const epoch = epochNow();
    const at = epoch % ring.length;
    const held = ring[at];
    if (held?.epoch === epoch) return held;
    const fresh = empty(epoch);
    ring[at] = fresh;
    return fresh;
  };
  return {
    observe: ({ label, confidence, latencyMs }) => {
      const second = current();
      second.predictions++;
      second.confidence += confidence;
      second.byClass[label] = (second.byClass[label] ?? 0) + 1;
      if (second.latencies.length < maxLatencies) second.latencies.push(latencyMs);
    },
    observeFailure: () => {
      current().failed++;
    },
    summary: () => {
      const running = epochNow();
      return Array.from({ length: seconds }, (_, i) => {
        const epoch = running - seconds + i;
        const held = epoch < 0 ? undefined : ring[epoch % ring.length];
        return summarise(held?.epoch === epoch ? held : empty(epoch), startedAt);
      });
    },
  };
}

const empty = (epoch: number): Second => ({
  epoch,
  predictions: 0,
  failed: 0,
  confidence: 0,
  byClass: {},
  latencies: [],
});

function summarise(
  { epoch, predictions, failed, confidence, byClass, latencies }: Second,
  startedAt: Date,
): SecondSummary {
  const sorted = Float64Array.from(latencies).sort();
  return {
    at: new Date(startedAt.getTime() + 1000 * epoch).toISOString(),
    predictions,
    failed,
    byClass: { ...byClass },
    meanConfidence: predictions === 0 ? null : confidence / predictions,
    p50Ms: sorted.length === 0 ? null : percentile(sorted, 0.5),
    p95Ms: sorted.length === 0 ? null : percentile(sorted, 0.95),
  };
}
