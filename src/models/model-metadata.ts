// What a model file says about itself, in the `pawprint` metadata property of the ONNX file.
import { z } from 'zod';
import { preprocessingSchema } from '../image/preprocessing.ts';

/** When a model says "unsure": below a confidence at which its error rate was shown to hold. */
export const abstentionSchema = z.strictObject({
  /** Calibrated confidence; answers below it are unsure. */
  threshold: z.number().min(0).max(1),
  targetError: z.number(),
  /** Probability with which the error rate of the answers given is at most errorBound ≤ targetError. */
  level: z.number(),
  errorBound: z.number(),
  /** Share of the photos it was chosen on that get an answer. */
  coverage: z.number(),
  /** Photos that it was chosen on. */
  photos: z.number(),
  fittedOn: z.enum(['validation', 'cross-validation']),
});
export type Abstention = z.infer<typeof abstentionSchema>;

/** When a model says "neither": its output `familiarity` is below what photos of its classes have. */
export const familiaritySchema = z.strictObject({
  threshold: z.number(),
  /** Share of photos of the classes that fall below the threshold, by the rank of the training photos. */
  falseAlarmRate: z.number(),
});
export type Familiarity = z.infer<typeof familiaritySchema>;

/** A picture and what the model answered to it when it was made: a copy that works gives the same (known-answer.ts). */
export const knownAnswerSchema = z.strictObject({
  /** A JPEG file in base64. */
  image: z.base64().min(1).max(65_536),
  /** One (two classes; for classNames[1]) or one a class, before the temperature. */
  logits: z.array(z.number()).min(1),
  /** By how much each logit may differ. */
  tolerance: z.number().positive(),
});
export type KnownAnswer = Readonly<z.infer<typeof knownAnswerSchema>>;

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
  /** null or absent: never unsure. */
  abstention: abstentionSchema.nullable().optional(),
  /** Absent: the model cannot tell photos of other things. */
  familiarity: familiaritySchema.optional(),
  /** Absent: files of before it was kept. */
  knownAnswer: knownAnswerSchema.optional(),
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
