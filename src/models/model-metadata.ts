// What a model file says about itself, in the `pawprint` metadata property of the ONNX file.
import { z } from 'zod';
import { preprocessingSchema } from '../image/index.ts';

export const modelMetadataSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string(),
  /** Which composition made the graph. */
  kind: z.enum(['cnn', 'logistic-regression', 'transfer']),
  /** Class names in label order. A binary model's single logit is for classNames[1]. */
  classNames: z.array(z.string()).min(2),
  preprocessing: preprocessingSchema,
  /** Every parameter of the run, as trained. */
  configuration: z.record(z.string(), z.unknown()),
  /** Measured numbers by name, e.g. validation.accuracy. */
  metrics: z.record(z.string(), z.number()),
  /** Temperature by which logits are divided before the sigmoid or softmax (1: uncalibrated). */
  temperature: z.number().positive(),
  dataset: z.strictObject({ md5: z.string(), counts: z.record(z.string(), z.record(z.string(), z.number())) }),
  lineage: z.strictObject({
    createdAt: z.string(),
    pawprintVersion: z.string(),
    gitCommit: z.string().nullable(),
    command: z.string(),
    seed: z.number(),
  }),
});
export type ModelMetadata = z.infer<typeof modelMetadataSchema>;
