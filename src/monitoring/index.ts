// monitoring: what the service measures of itself.
export * from './metrics/index.ts';
export * from './request-statistics.ts';
export * from './recent-predictions.ts';
export type { SecondSummary } from './recent-seconds.ts';
