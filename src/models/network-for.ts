// From a model's name and options to its network.
import { z } from 'zod';
import type { Network } from '../graph/index.ts';
import { cnn } from './cnn.ts';
import { logisticRegression } from './logistic-regression.ts';

/** Models that are trained from scratch, end to end. */
export const trainableKinds = ['cnn', 'logistic-regression'] as const;
export type TrainableKind = (typeof trainableKinds)[number];

export const cnnParamsSchema = z.strictObject({
  channels: z
    .array(z.int().min(1).max(4096))
    .min(1)
    .max(8)
    .default([32, 64, 128, 256])
    .describe('filters of each convolutional layer; height and width halve after each'),
  hidden: z.int().min(1).max(65536).default(128).describe('units of the hidden layer'),
  dropout: z.number().min(0).max(0.95).default(0.3).describe('probability with which a hidden unit is dropped'),
});
export type CnnParams = Readonly<z.infer<typeof cnnParamsSchema>>;

/** Columns of the output for a number of classes: one logit for two, else one a class. */
export function outputColumns(classCount: number): number {
  return classCount === 2 ? 1 : classCount;
}

/** The network of a kind for a number of classes. */
export function networkFor(kind: TrainableKind, classCount: number, params: CnnParams): Network {
  const outputs = outputColumns(classCount);
  switch (kind) {
    case 'cnn':
      return cnn({ ...params, outputs });
    case 'logistic-regression':
      return logisticRegression({ outputs });
  }
}
