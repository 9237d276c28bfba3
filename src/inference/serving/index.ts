// serving: predictions for many callers at once, on worker threads. A narrow door of inference: a service needs neither
// evaluation nor data sets.
export { createModelHost } from './model-host.ts';
export type { Challenger, HostAnswer, ModelHost, ModelHostOptions, ServedModel, ShadowOutcome } from './model-host.ts';
export type { PictureObservation } from './picture-observer.ts';
export { createPredictionQueue } from './prediction-queue.ts';
export type { PredictionQueue, PredictionQueueOptions, QueueLimits } from './prediction-queue.ts';
export type { PictureJob, ServeAnswer, ServedExplanation, ServeJob, ServeTimes, TensorJob } from './serve-work.ts';
export * from './watch-model.ts';
export { type Prediction, statedAnswer } from '../predictor.ts';
