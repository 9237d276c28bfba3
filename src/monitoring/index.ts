// monitoring: what the service measures of itself.
export * from './metrics/index.ts';
export * from './request-statistics.ts';
export * from './recent-predictions.ts';
export type { SecondSummary } from './recent-seconds.ts';
export * from './prediction-log/index.ts';
export * from './tracing/index.ts';
