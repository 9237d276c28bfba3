// Puts the service together: model, worker threads, metrics, app, port.
import { buildApp } from '../../api/index.ts';
import { defaultWorkerCount, PawprintError } from '../../core/index.ts';
import { encodePng } from '../../image/index.ts';
import { createPredictionQueue } from '../../inference/index.ts';
import { readModelFile } from '../../models/index.ts';
import { createRequestStatistics, createServiceMetrics, type ServiceMetrics } from '../../monitoring/index.ts';
import type { CommandContext } from '../command.ts';

export interface ServiceOptions {
  /** Absolute. */
  readonly model: string;
  readonly port: number;
  readonly host: string;
  readonly workers?: number | undefined;
  readonly maxWaiting: number;
  readonly maxBatch: number;
  readonly deadlineMs: number;
  readonly maxBodyBytes: number;
  readonly maxPixels: number;
}

/** Connections that are still open so long after SIGTERM are cut. */
const drainMs = 15_000;

/**
 * Starts the service; resolves once it listens and a worker has answered a first picture. Throws FILE_NOT_FOUND,
 * MODEL_INVALID, USAGE when the port is taken.
 */
export async function startService(
  options: ServiceOptions,
  { stdout, stderr, version, now }: CommandContext,
): Promise<{ readonly stop: () => Promise<void> }> {
  const model = await readModelFile(options.model);
  const { name, kind, classNames } = model.metadata;
  let metrics: ServiceMetrics | undefined;
  const queue = createPredictionQueue({
    model,
    path: options.model,
    workers: options.workers ?? defaultWorkerCount(),
    maxWaiting: options.maxWaiting,
    maxBatch: options.maxBatch,
    deadlineMs: options.deadlineMs,
    limits: { maxPixels: options.maxPixels },
    onBatch: (size) => metrics?.batchSize.observe(size),
  });
  let ready = false;
  try {
    metrics = createServiceMetrics({
      classNames,
      waiting: () => queue.waiting,
      model: { name, kind, sha256: model.sha256 },
    });
    const app = await buildApp({
      model,
      queue,
      metrics,
      statistics: createRequestStatistics(classNames),
      isReady: () => ready,
      version,
      now,
      maxBodyBytes: options.maxBodyBytes,
      log: stdout,
    });
    const address = await app.listen({ port: options.port, host: options.host }).catch((error: unknown) => {
      throw asListenError(error, options);
    });
    await queue.predict(await firstPicture());
    ready = true;
    stderr.write(`pawprint: ${name} answers at ${address} (POST ${address}/predict)\n`);
    return {
      stop: async () => {
        ready = false;
        // A connection that is kept alive falls idle after its last answer; waiting for its client would take a minute.
        const sweep = setInterval(() => {
          app.server.closeIdleConnections();
        }, 50);
        const cut = setTimeout(() => {
          app.server.closeAllConnections();
        }, drainMs);
        await app.close();
        clearInterval(sweep);
        clearTimeout(cut);
        await queue.close();
      },
    };
  } catch (error) {
    await queue.close();
    throw error;
  }
}

/** Anything that a model can look at: whether it can is the question. */
async function firstPicture(): Promise<Uint8Array> {
  return encodePng({ width: 64, height: 64, data: new Uint8Array(3 * 64 * 64).fill(128) });
}

function asListenError(error: unknown, { host, port }: ServiceOptions): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return error;
  return new PawprintError('USAGE', {
    message: `cannot listen on ${host}:${port}`,
    expected: 'a free port on an address of this machine',
    received: code,
    hint: 'Choose another with --port or --host, or stop what listens there.',
    cause: error,
  });
}
