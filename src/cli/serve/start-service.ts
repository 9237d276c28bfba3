// Puts the service together: models, worker threads, metrics, app, port.
import { dirname } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { buildApp } from '../../api/index.ts';
import { defaultWorkerCount } from '../../core/index.ts';
import { createModelHost, fingerprint, type ServedModel } from '../../inference/serving/index.ts';
import {
  createRecentPredictions,
  createRequestStatistics,
  createServiceMetrics,
  type PredictionLog,
  createTracing,
  type ServiceMetrics,
  type Tracing,
} from '../../monitoring/index.ts';
import type { CommandContext } from '../command.ts';
import { drainConnections } from './drain.ts';
import { followModelFile } from './follow-model-file.ts';
import { listenAt } from './listen.ts';
import { securityOptions } from './security-options.ts';
import type { ServiceOptions } from './serve-options.ts';
import { openPredictionLog } from './service-log.ts';
import { tracingOptionsFromEnvironment } from './tracing-options.ts';

export interface RunningService {
  /** Readiness fails; whoever was heard is answered; resolves when the port is free and the threads have ended. */
  readonly stop: () => Promise<void>;
}

/** Feedback finds the predictions of so many latest request ids. */
const rememberedPredictions = 10_000;
/** A disk that hangs may not keep the process. */
const logCloseMs = 2000;

/**
 * Starts the service; resolves once it listens and every worker thread has given the known answer. Throws FILE_NOT_FOUND,
 * MODEL_INVALID, USAGE when the port is taken.
 */
export async function startService(options: ServiceOptions, context: CommandContext): Promise<RunningService> {
  const { stdout, stderr, version, now } = context;
  const tracingOptions = tracingOptionsFromEnvironment(context.env);
  // Before the model is loaded: a slip in a flag is told at once.
  const security = securityOptions(options);
  let metrics: ServiceMetrics | undefined;
  let logger: FastifyBaseLogger | undefined;
  const since = await fingerprint(options.model);
  const host = await createModelHost(options.model, {
    workers: options.workers ?? defaultWorkerCount(),
    maxWaiting: options.maxWaiting,
    maxBatch: options.maxBatch,
    deadlineMs: options.deadlineMs,
    ...(options.workerTimeoutMs === undefined ? {} : { workerTimeoutMs: options.workerTimeoutMs }),
    limits: { maxPixels: options.maxPixels },
    observe: options.logPredictions !== undefined,
    now,
    random: Math.random,
    onWorkerFailure: (error) => {
      metrics?.workerFailures.inc();
      logger?.error({ err: error }, 'a worker thread died, hung or met a bug: its pictures are tried once more, alone');
    },
    onBatch: (size) => metrics?.batchSize.observe(size),
    onServed: (model) => {
      if (metrics === undefined) return;
      announce(metrics, model);
      metrics.modelSwaps.inc({ outcome: 'swapped' });
    },
    onShadow: (outcome, difference) => {
      metrics?.shadowPredictions.inc({ outcome });
      if (difference !== null) metrics?.shadowDifference.observe(difference);
    },
  });
  let predictionLog: PredictionLog | null = null;
  let tracing: Tracing | undefined;
  /** Whatever of it there is already. */
  const closeAll = async (): Promise<void> => {
    await host.close();
    await Promise.all([predictionLog?.close(logCloseMs), tracing?.close()]);
  };
  try {
    if (options.challenger !== undefined) await host.challenge(options.challenger, options.shadowShare);
    const { classNames } = host.current.file.metadata;
    metrics = createServiceMetrics({ classNames, waiting: () => host.waiting });
    announce(metrics, host.current);
    predictionLog = openPredictionLog(options, { metrics, context });
    tracing = await createTracing({
      ...tracingOptions,
      serviceVersion: version,
      metrics,
      onError: (error) => logger?.warn({ err: error }, 'traces are lost'),
    });
    let ready = true;
    const { maxBodyBytes, maxPixels, maxBatchPictures } = options;
    const app = await buildApp({
      host,
      modelsFolder: dirname(options.model),
      metrics,
      statistics: createRequestStatistics(classNames, { now: () => performance.now(), startedAt: now() }),
      recentPredictions: createRecentPredictions(rememberedPredictions),
      predictionLog,
      tracing,
      isReady: () => ready,
      version,
      now,
      limits: { maxBodyBytes, maxPixels, maxBatchPictures },
      timeouts: { headersMs: options.headersTimeoutMs, requestMs: options.requestTimeoutMs },
      log: stdout,
      security,
    });
    logger = app.log;
    const address = await listenAt(app, options);
    const tools = { host, metrics, log: app.log, since };
    const watch = options.watch ? await followModelFile(options.model, tools) : undefined;
    stderr.write(`pawprint: ${host.current.name} answers at ${address} (POST ${address}/predict)\n`);
    return {
      stop: async () => {
        ready = false;
        watch?.stop();
        await drainConnections(app, options);
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function announce(metrics: ServiceMetrics, { name, file }: ServedModel): void {
  metrics.modelInfo.reset();
  metrics.modelInfo.set({ name, kind: file.metadata.kind, sha256: file.sha256 }, 1);
}
