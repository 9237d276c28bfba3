// What a search over hyper-parameters can be told: section `tune` of params.yaml. The ranges are checked against the
// very schemas that training checks its settings with, so that a search fails before its first trial or not at all.
import { z } from 'zod';
import { readSpace } from './space.ts';

const spaceSchema = z
  .record(z.string(), z.unknown())
  .superRefine((space, context) => {
    for (const { path, message } of readSpace(space).problems) context.addIssue({ code: 'custom', path, message });
  })
  .describe('range of each searched parameter, by its dotted name');

export const tuneParamsSchema = z
  .strictObject({
    method: z
      .enum(['random', 'successive-halving'])
      .default('successive-halving')
      .describe('random: every trial in full; successive-halving: short trials, of which the best go on'),
    trials: z.int().min(1).max(10_000).default(18).describe('configurations that are drawn'),
    metric: z
      .enum(['log-loss', 'accuracy'])
      .default('log-loss')
      .describe('what trials are ranked by, on the validation split'),
    reductionFactor: z
      .int()
      .min(2)
      .max(100)
      .default(3)
      .describe('successive-halving: one in so many goes on, with so many times the epochs (eta)'),
    minEpochs: z.int().min(1).max(10_000).default(4).describe('successive-halving: fewest epochs of a trial'),
    space: spaceSchema.default({
      'train.lr': { min: 0.0005, max: 0.02, scale: 'log' },
      'train.weightDecay': { min: 0.0001, max: 0.3, scale: 'log' },
      'train.augment.scaleFraction': { min: 0, max: 0.4 },
      'train.batchSize': { values: [16, 32, 64] },
      'train.cnn.channels': {
        values: [
          [16, 32, 64, 128],
          [32, 64, 128, 256],
        ],
      },
    }),
  })
  .superRefine(({ method, space }, context) => {
    if (method === 'random') return;
    for (const { name, path } of readSpace(space).ranges)
      if (/^\w+\.epochs$/.test(name))
        context.addIssue({
          code: 'custom',
          path: ['space', ...path],
          message: 'nothing: successive-halving sets the epochs itself (or method: random)',
        });
  });
export type TuneParams = Readonly<z.infer<typeof tuneParamsSchema>>;
