// The prediction log of `pawprint serve`, where one is asked for.
import { hostname } from 'node:os';
import {
  createPredictionLog,
  instanceIdFrom,
  type PredictionLog,
  type ServiceMetrics,
} from '../../monitoring/index.ts';
import type { CommandContext } from '../command.ts';
import type { ServiceOptions } from './serve-options.ts';

/** null unless asked for. Says on stderr when the disk fails it, and when it works again. */
export function openPredictionLog(
  options: ServiceOptions,
  { metrics, context }: { readonly metrics: ServiceMetrics; readonly context: CommandContext },
): PredictionLog | null {
  const { logPredictions: directory, port, logKeepDays } = options;
  if (directory === undefined) return null;
  return createPredictionLog({
    directory,
    // A restart goes on in its own files; two processes never share one, though both were given any free port.
    instance: instanceIdFrom(`${hostname()}-${port === 0 ? process.pid : port}`),
    images: options.logImages,
    fsync: options.logFsync,
    maxFileBytes: options.logMaxFileBytes,
    ...(logKeepDays === undefined ? {} : { retention: { maxAgeDays: logKeepDays } }),
    now: context.now,
    metrics,
    onHealth: (series, healthy, error) => {
      const why = error instanceof Error ? `: ${error.message}` : '';
      context.stderr.write(`pawprint: the log of ${series} ${healthy ? 'works again' : `cannot be written${why}`}\n`);
    },
  });
}
