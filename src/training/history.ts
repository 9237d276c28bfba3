// What one epoch left behind: a row of the learning curves, of the progress output and of the tracked run.
import { z } from 'zod';

export const epochRecordSchema = z.strictObject({
  /** 1-based. */
  epoch: z.int(),
  trainLoss: z.number(),
  trainAccuracy: z.number(),
  validationLoss: z.number(),
  validationAccuracy: z.number(),
  /** At the end of the epoch. */
  learningRate: z.number(),
  /** Longest gradient of the epoch, before clipping. */
  maxGradientNorm: z.number(),
  imagesPerSecond: z.number(),
});
export type EpochRecord = Readonly<z.infer<typeof epochRecordSchema>>;

/** Where the learning curves of a model file lie. */
export function historyPath(modelPath: string): string {
  return `${modelPath.replace(/\.onnx$/, '')}.history.json`;
}
