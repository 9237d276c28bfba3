// training: the loop, schedules, checkpoints, export.
export { balancedClassWeights } from './batches.ts';
export * from './calibrate.ts';
export * from './history.ts';
export * from './params.ts';
export * from './schedule.ts';
export * from './stepper.ts';
export { checkpointDirectory, train, type TrainOptions, type TrainResult } from './train.ts';
export * from './tune/index.ts';
export * from './transfer/linear-head.ts';
export * from './transfer/params.ts';
export * from './transfer/train-transfer.ts';
