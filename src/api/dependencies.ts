// What the app is handed: everything that it knows of the world.
import type { Writable } from 'node:stream';
import type { PredictionQueue } from '../inference/index.ts';
import type { ModelMetadata } from '../models/index.ts';
import type { RequestStatistics, ServiceMetrics } from '../monitoring/index.ts';

export interface AppDependencies {
  readonly model: { readonly metadata: ModelMetadata; readonly sha256: string; readonly bytes: Uint8Array };
  readonly queue: PredictionQueue;
  readonly metrics: ServiceMetrics;
  readonly statistics: RequestStatistics;
  /** Whether predictions are answered now: false until a worker proved itself, and from SIGTERM on. */
  readonly isReady: () => boolean;
  readonly version: string;
  readonly now: () => Date;
  /** Of a request body; more is refused with 413. */
  readonly maxBodyBytes: number;
  /** Where log lines go, one JSON object each; null: nowhere. */
  readonly log: Writable | null;
}
