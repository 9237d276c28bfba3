// Puts the service together: models, worker threads, metrics, app, port.
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { type AppDependencies, buildApp, checkOrigins, checkTrustProxy } from '../../api/index.ts';
import { defaultWorkerCount, PawprintError } from '../../core/index.ts';
import {
  createModelHost,
  fingerprint,
  type ModelHost,
  type ServedModel,
  watchModelFile,
} from '../../inference/serving/index.ts';
import {
  createPredictionLog,
  createRecentPredictions,
  createRequestStatistics,
  createServiceMetrics,
  instanceIdFrom,
  type PredictionLog,
  createTracing,
  type ServiceMetrics,
} from '../../monitoring/index.ts';
import type { CommandContext } from '../command.ts';
import { drainConnections } from './drain.ts';
import { tracingOptionsFromEnvironment } from './tracing-options.ts';

export interface ServiceOptions {
  /** Absolute. */
  readonly model: string;
  readonly port: number;
  readonly host: string;
  readonly workers?: number | undefined;
  readonly maxWaiting: number;
  readonly maxBatch: number;
  readonly deadlineMs: number;
  readonly workerTimeoutMs?: number | undefined;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly maxPixels: number;
  readonly maxBatchPictures: number;
  readonly watch: boolean;
  /** Absolute. */
  readonly challenger?: string | undefined;
  readonly shadowShare: number;
  readonly lameDuckMs: number;
  readonly drainMs: number;
  /** Absolute; undefined: predictions are not kept. */
  readonly logPredictions?: string | undefined;
  readonly logImages: boolean;
  readonly logFsync: 'interval' | 'always' | 'never';
  readonly logMaxFileBytes: number;
  readonly logKeepDays?: number | undefined;
  /** Absolute. */
  readonly apiKeys?: string | undefined;
  readonly rateLimit?: number | undefined;
  readonly rateBurst?: number | undefined;
  readonly corsOrigin: readonly string[];
  readonly trustProxy: readonly string[];
  readonly protectMetrics: boolean;
}

export interface RunningService {
  /** Readiness fails; whoever was heard is answered; resolves when the port is free and the threads have ended. */
  readonly stop: () => Promise<void>;
}

/** Feedback finds the predictions of so many latest request ids. */
const rememberedPredictions = 10_000;
const watchIntervalMs = 1000;
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
  try {
    if (options.challenger !== undefined) await host.challenge(options.challenger, options.shadowShare);
    const { classNames } = host.current.file.metadata;
    metrics = createServiceMetrics({ classNames, waiting: () => host.waiting });
    announce(metrics, host.current);
    predictionLog = openPredictionLog(options, { metrics, context });
    const kept = predictionLog;
    const tracing = await createTracing({
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
    const address = await app.listen({ port: options.port, host: options.host }).catch((error: unknown) => {
      throw asListenError(error, options);
    });
    const watch = options.watch ? await watchModel(options.model, { host, metrics, log: app.log, since }) : undefined;
    stderr.write(`pawprint: ${host.current.name} answers at ${address} (POST ${address}/predict)\n`);
    return {
      stop: async () => {
        ready = false;
        watch?.stop();
        await drainConnections(app, options);
        await host.close();
        await Promise.all([kept?.close(logCloseMs), tracing.close()]);
      },
    };
  } catch (error) {
    await host.close();
    await predictionLog?.close(logCloseMs);
    throw error;
  }
}

function securityOptions(options: ServiceOptions): AppDependencies['security'] {
  const { apiKeys, rateLimit, rateBurst, corsOrigin, trustProxy, protectMetrics } = options;
  return {
    apiKeys,
    rateLimit: rateLimit === undefined ? undefined : { requestsPerMinute: rateLimit, burst: rateBurst },
    corsOrigins: checkOrigins(corsOrigin),
    trustProxy: checkTrustProxy(trustProxy),
    protectMetrics,
    nowMs: () => performance.now(),
  };
}

function announce(metrics: ServiceMetrics, { name, file }: ServedModel): void {
  metrics.modelInfo.reset();
  metrics.modelInfo.set({ name, kind: file.metadata.kind, sha256: file.sha256 }, 1);
}

/** null unless asked for. Says on stderr when the disk fails it, and when it works again. */
function openPredictionLog(
  options: ServiceOptions,
  { metrics, context }: { readonly metrics: ServiceMetrics; readonly context: CommandContext },
): PredictionLog | null {
  const { logPredictions: directory, port, logKeepDays } = options;
  if (directory === undefined) return null;
  return createPredictionLog({
    directory,
    instance: instanceIdFrom(`${hostname()}-${port}`),
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

interface WatchTools {
  readonly host: ModelHost;
  readonly metrics: ServiceMetrics;
  readonly log: FastifyBaseLogger;
  /** What the file was like before it was read. */
  readonly since: string | null;
}

/** Another file in the model's place answers once it has proven itself; one that cannot be used is logged and counted. */
function watchModel(path: string, { host, metrics, log, since }: WatchTools): Promise<{ readonly stop: () => void }> {
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
