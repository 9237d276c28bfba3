// The prediction log: what was written, what was lost and why, whether it works. Without a log the families are empty.
import { Counter, Gauge, type Registry } from 'prom-client';
import { type DropReason, dropReasons } from '../prediction-log/drop-reasons.ts';

/** Predictions, true labels, and the pictures themselves where they are kept. */
export const logSeries = ['predictions', 'feedback', 'images'] as const;
export type LogSeries = (typeof logSeries)[number];

export interface PredictionLogMetrics {
  readonly predictionLog: {
    readonly entries: Counter<'series'>;
    readonly dropped: Counter<'series' | 'reason'>;
    readonly bytes: Counter<'series'>;
    readonly healthy: Gauge<'series'>;
  };
}

export function predictionLogMetrics(registry: Registry): PredictionLogMetrics {
  const registers = [registry];
  return {
    predictionLog: {
      entries: new Counter({
        name: 'pawprint_prediction_log_entries_total',
        help: 'Entries that are in the prediction log (pictures: that were stored).',
        labelNames: ['series'],
        registers,
      }),
      dropped: new Counter({
        name: 'pawprint_prediction_log_dropped_total',
        help: 'Entries that are not in the prediction log, by the reason why.',
        labelNames: ['series', 'reason'],
        registers,
      }),
      bytes: new Counter({
        name: 'pawprint_prediction_log_bytes_total',
        help: 'Bytes written to the prediction log.',
        labelNames: ['series'],
        registers,
      }),
      healthy: new Gauge({
        name: 'pawprint_prediction_log_healthy',
        help: '1 while the prediction log can be written, 0 after a write that failed.',
        labelNames: ['series'],
        registers,
      }),
    },
  };
}

/** Lets a series begin at zero: a rate over one that begins at its first event misses that event. */
export function startLogSeries({ predictionLog }: PredictionLogMetrics, series: LogSeries): void {
  predictionLog.entries.inc({ series }, 0);
  predictionLog.bytes.inc({ series }, 0);
  for (const reason of dropReasons) predictionLog.dropped.inc({ series, reason }, 0);
  predictionLog.healthy.set({ series }, 1);
}

/** What a log of one series tells, counted. */
export function countLogSeries(
  { predictionLog }: PredictionLogMetrics,
  series: LogSeries,
): {
  readonly onWritten: (written: { readonly lines: number; readonly bytes: number }) => void;
  readonly onDropped: (dropped: { readonly lines: number; readonly reason: DropReason }) => void;
  readonly onHealth: (healthy: boolean) => void;
} {
  return {
    onWritten: ({ lines, bytes }) => {
      predictionLog.entries.inc({ series }, lines);
      predictionLog.bytes.inc({ series }, bytes);
    },
    onDropped: ({ lines, reason }) => {
      predictionLog.dropped.inc({ series, reason }, lines);
    },
    onHealth: (healthy) => {
      predictionLog.healthy.set({ series }, healthy ? 1 : 0);
    },
  };
}
