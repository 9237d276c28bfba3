// The prediction log of the service: predictions, true labels and, when asked for, the pictures, in one folder, counted.
import type { ImageFormat } from '../../image/index.ts';
import {
  countLogSeries,
  type LogSeries,
  type PredictionLogMetrics,
  startLogSeries,
} from '../metrics/prediction-log.ts';
import type { FeedbackEntry, PredictionEntry } from './entry.ts';
import { createImageStore } from './image-store.ts';
import { createJsonLinesLog, type JsonLinesLogOptions, type LogObserver } from './json-lines-log.ts';
import type { TimedEntry } from './line-buffer.ts';
import { feedbackLogKind, type LogKind, predictionLogKind } from './read-log.ts';
import { keptSince } from './retention.ts';

export type PredictionLogOptions = Pick<
  JsonLinesLogOptions<PredictionEntry>,
  'directory' | 'instance' | 'maxFileBytes' | 'retention' | 'fsync' | 'fsyncIntervalMs' | 'now'
> & {
  /** Keep the pictures too. Not unless told: they may show people and places. */
  readonly images?: boolean;
  readonly metrics?: PredictionLogMetrics | undefined;
  /** When a series begins to fail, with the error, and when it works again. */
  readonly onHealth?: ((series: LogSeries, healthy: boolean, error: unknown) => void) | undefined;
};

export interface PredictionLog {
  /** Whether the pictures are kept, so that `picture` is worth handing over. */
  readonly keepsImages: boolean;
  /** Takes an entry and its encoded picture, which is stored only when the log keeps pictures. Never throws or waits. */
  writePrediction(entry: PredictionEntry, picture?: { readonly bytes: Uint8Array; readonly format: ImageFormat }): void;
  /** Takes a true label. Never throws or waits. */
  writeFeedback(entry: FeedbackEntry): void;
  /** Writes what waits and forces it onto the disk; false when that did not work. */
  flush(): Promise<boolean>;
  /** Flushes and ends within about `withinMs`, 2,000 unless told. Does not throw. */
  close(withinMs?: number): Promise<void>;
}

/** Throws CONFIG_INVALID for an instance id or a retention that cannot be; touches the disk with the first entry only. */
export function createPredictionLog(options: PredictionLogOptions): PredictionLog {
  const { directory, images: keepsImages = false, metrics, retention, now } = options;
  const { onHealth, ...logOptions } = options;
  const observe = (series: LogSeries): LogObserver => {
    if (metrics !== undefined) startLogSeries(metrics, series);
    const counted = metrics === undefined ? undefined : countLogSeries(metrics, series);
    return {
      onWritten: counted?.onWritten,
      onDropped: counted?.onDropped,
      onHealth: (healthy, error) => {
        counted?.onHealth(healthy);
        onHealth?.(series, healthy, error);
      },
    };
  };
  const logOf = <Entry extends TimedEntry>(kind: LogKind<Entry>, series: LogSeries) =>
    createJsonLinesLog<Entry>({ ...logOptions, ...kind, ...observe(series) });
  const predictions = logOf(predictionLogKind, 'predictions');
  const feedback = logOf(feedbackLogKind, 'feedback');
  const images = keepsImages ? createImageStore({ directory, ...observe('images') }) : undefined;

  let sweptDay = '';
  /** Once a day pictures go that are older than every entry that may name them. */
  const sweepImages = (day: string): void => {
    if (images === undefined || retention?.maxAgeDays === undefined || day === sweptDay) return;
    sweptDay = day;
    // A day more: files go by day, pictures by the second.
    images.removeUnseenSince(keptSince(retention.maxAgeDays + 1, now()));
  };

  return {
    keepsImages,
    writePrediction: (entry, picture) => {
      if (images === undefined || picture === undefined) {
        predictions.write(entry);
        return;
      }
      sweepImages(entry.time.slice(0, 10));
      predictions.write({ ...entry, imageSha256: images.put(picture.bytes, picture.format) });
    },
    writeFeedback: (entry) => {
      feedback.write(entry);
    },
    flush: async () => (await Promise.all([predictions.flush(), feedback.flush()])).every(Boolean),
    close: async (withinMs = 2000) => {
      await Promise.all([predictions.close(withinMs), feedback.close(withinMs), images?.close(withinMs)]);
    },
  };
}
