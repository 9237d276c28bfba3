// What transfer learning can be told: section `transfer` of params.yaml. Saved with every model.
import { z } from 'zod';

export const transferParamsSchema = z.strictObject({
  mirrored: z
    .boolean()
    .default(false)
    .describe('learn from each photo and its mirror image: twice the time, a little more from few photos'),
  classWeights: z
    .enum(['none', 'balanced'])
    .default('balanced')
    .describe('balanced: each class counts the same, however many photos it has'),
  folds: z.int().min(2).max(20).default(5).describe('parts of the cross-validation by which the strength is chosen'),
  strengths: z
    .array(z.number().positive())
    .min(1)
    .max(40)
    .optional()
    .describe('regularisation strengths to choose from; a built-in range unless told'),
  fineTuneBlocks: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe('blocks at the end of the backbone that are trained on; 0: none, the head alone'),
  fineTuneEpochs: z.int().min(1).max(1000).default(3).describe('fine-tuning: passes over the training photos'),
  fineTuneLr: z.number().positive().default(0.00003).describe('fine-tuning: peak learning rate'),
  fineTuneBatchSize: z.int().min(1).max(1024).default(16).describe('fine-tuning: photos a step'),
  threads: z.int().min(0).max(256).default(0).describe('threads and workers; 0: every core'),
});
export type TransferParams = Readonly<z.infer<typeof transferParamsSchema>>;
