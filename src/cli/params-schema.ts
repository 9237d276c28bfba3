// params.yaml as a whole: one seed for everything random, and a section for each stage that takes parameters.
// Import it inside `run`: it brings the stages' code along.
import { z } from 'zod';
import { prepareParamsSchema } from '../data/index.ts';
import { trainParamsSchema } from '../training/index.ts';

export const paramsSchema = z.strictObject({
  seed: z
    .int()
    .min(0)
    .default(42)
    .describe('seed of everything random: the split, the first weights, the augmentation'),
  prepare: prepareParamsSchema.prefault({}),
  train: trainParamsSchema.prefault({}),
});

/** Every parameter, the defaults filled in. */
export type Params = Readonly<z.output<typeof paramsSchema>>;
