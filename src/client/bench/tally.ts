// What came back of the load, counted: latencies by status, failures by kind, bytes, and how late this side was.
import type { HttpOutcome } from '../http-client.ts';
import type { FailureKind } from '../http-failure.ts';
import { createLatencies, type Latencies, type LatencySummary } from './latencies.ts';

export interface StatusRow {
  readonly status: number;
  readonly count: number;
  readonly latencyMs: LatencySummary;
}

export interface TallySummary {
  /** By status, the lowest first. */
  readonly statuses: readonly StatusRow[];
  /** Requests that got no answer, by kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** Bodies of requests that were answered, and of their answers. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface Tally {
  /** `milliseconds` from when the request was due to its end. */
  add(outcome: HttpOutcome, milliseconds: number, bytesSent: number): void;
  /** Left unsent, so many being open already. */
  addUnsent(): void;
  summary(): TallySummary;
}

export function createTally(): Tally {
  const statuses = new Map<number, Latencies>();
  const errors = new Map<FailureKind | 'not sent', number>();
  let [bytesSent, bytesReceived] = [0, 0];
  const count = (kind: FailureKind | 'not sent'): void => void errors.set(kind, (errors.get(kind) ?? 0) + 1);
  return {
    add: (outcome, milliseconds, bytes) => {
      if (!outcome.ok) {
        count(outcome.kind);
        return;
      }
      bytesSent += bytes;
      bytesReceived += outcome.body.length;
      const latencies = statuses.get(outcome.status) ?? createLatencies();
      statuses.set(outcome.status, latencies);
      latencies.record(milliseconds);
    },
    addUnsent: () => count('not sent'),
    summary: () => ({
      statuses: [...statuses]
        .sort(([a], [b]) => a - b)
        .flatMap(([status, latencies]) => {
          const latencyMs = latencies.summary();
          return latencyMs === null ? [] : [{ status, count: latencies.count, latencyMs }];
        }),
      errors: Object.fromEntries([...errors].sort()),
      bytesSent,
      bytesReceived,
    }),
  };
}
