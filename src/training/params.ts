// What a training run can be told: one strict schema with units, reasons and defaults. Saved with every run.
import { z } from 'zod';
import { augmentationSchema } from '../image/index.ts';
import { cnnParamsSchema } from '../models/index.ts';

const fraction = z.number().min(0).max(1);

export const trainParamsSchema = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(40).describe('passes over the training photos'),
  batchSize: z.int().min(1).max(4096).default(32).describe('photos a step'),
  lr: z.number().positive().max(100).default(0.003).describe('peak learning rate'),
  schedule: z
    .enum(['one-cycle', 'cosine', 'constant'])
    .default('one-cycle')
    .describe('how the learning rate moves: warm-up then cosine to zero, cosine to zero, or not at all'),
  warmupFraction: fraction.default(0.2).describe('one-cycle: share of all steps in which the rate climbs to its peak'),
  optimizer: z.enum(['adamw', 'sgd']).default('adamw').describe('update rule'),
  momentum: z.number().min(0).max(0.999).default(0.9).describe('sgd: share of the last step that goes on (Nesterov)'),
  weightDecay: z.number().min(0).max(10).default(0.01).describe('pull of weights towards zero, per unit of lr'),
  clipNorm: z.number().min(0).default(1).describe('longest gradient (L2 norm of all parameters); 0: no limit'),
  averageEpochs: z
    .number()
    .min(0)
    .max(1000)
    .default(0)
    .describe(
      'the weights that are scored and exported are a running mean over about so many epochs; 0: the last ones',
    ),
  labelSmoothing: z.number().min(0).max(0.5).default(0).describe('probability taken from the true class'),
  mixup: fraction
    .default(0)
    .describe('α of the Beta distribution of the share in which two photos are blended; 0: none, 1: any share alike'),
  classWeights: z
    .enum(['none', 'balanced'])
    .default('balanced')
    .describe('balanced: each class counts the same, however many photos it has'),
  earlyStoppingPatience: z
    .int()
    .min(0)
    .default(0)
    .describe('epochs without a lower validation loss after which training stops; 0: never'),
  keep: z
    .enum(['last', 'best'])
    .default('last')
    .describe('weights that are exported: of the last epoch, or of the lowest validation loss'),
  threads: z
    .int()
    .min(0)
    .max(256)
    .default(0)
    .describe('threads inside the engine; 0: every core; 1: repeatable to the bit'),
  augment: augmentationSchema.prefault({}),
  cnn: cnnParamsSchema.prefault({}),
});
export type TrainParams = Readonly<z.infer<typeof trainParamsSchema>>;
