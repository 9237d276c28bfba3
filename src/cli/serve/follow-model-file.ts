// A model file that is replaced while the service runs.
import type { FastifyBaseLogger } from 'fastify';
import { type ModelHost, watchModelFile } from '../../inference/serving/index.ts';
import type { ServiceMetrics } from '../../monitoring/index.ts';

const watchIntervalMs = 1000;

export interface FollowTools {
  readonly host: ModelHost;
  readonly metrics: ServiceMetrics;
  readonly log: FastifyBaseLogger;
  /** What the file was like before it was read. */
  readonly since: string | null;
}

/** Another file in the model's place answers once it has proven itself; one that cannot be used is logged and counted. */
export function followModelFile(
  path: string,
  { host, metrics, log, since }: FollowTools,
): Promise<{ readonly stop: () => void }> {
  const takeIt = async (): Promise<void> => {
    const before = host.current.version;
    try {
      const { version } = await host.swap(path);
      if (version !== before) log.info({ model: version }, 'model changed');
    } catch (error) {
      metrics.modelSwaps.inc({ outcome: 'failed' });
      log.error({ err: error }, 'the new model cannot be used: the old one stays');
    }
  };
  return watchModelFile(path, { intervalMs: watchIntervalMs, since, onChange: takeIt });
}
