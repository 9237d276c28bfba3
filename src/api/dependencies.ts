// What the app is handed: everything that it knows of the world.
import type { Writable } from 'node:stream';
import type { ModelHost } from '../inference/serving/index.ts';
import type {
  PredictionLog,
  RecentPredictions,
  RequestStatistics,
  ServiceMetrics,
  Tracing,
} from '../monitoring/index.ts';
import type { SecurityOptions, TrustProxy } from './security/index.ts';

export interface RequestLimits {
  /** Of a request body; more is refused with 413. */
  readonly maxBodyBytes: number;
  /** Of a picture; more is refused before it is decoded. */
  readonly maxPixels: number;
  /** Pictures of one batch. */
  readonly maxBatchPictures: number;
}

export interface AppDependencies {
  readonly host: ModelHost;
  /** Model files that POST /admin/models may name lie below it; absolute. */
  readonly modelsFolder: string;
  readonly metrics: ServiceMetrics;
  readonly statistics: RequestStatistics;
  readonly recentPredictions: RecentPredictions;
  /** null: predictions are not kept. */
  readonly predictionLog: PredictionLog | null;
  readonly tracing: Tracing;
  /** Whether predictions are answered now: false until a worker proved itself, and from SIGTERM on. */
  readonly isReady: () => boolean;
  /** Pawprint's. */
  readonly version: string;
  readonly now: () => Date;
  readonly limits: RequestLimits;
  /** Who may ask, how often and from where. */
  readonly security: Omit<SecurityOptions, 'now'> & { readonly trustProxy: TrustProxy };
  /** Where log lines go, one JSON object each; null: nowhere. */
  readonly log: Writable | null;
}
