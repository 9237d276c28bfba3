// serving: many requests, few worker threads, one model.
export * from './prediction-queue.ts';
