// What the service says of itself: health, readiness, statistics, models.
import { z } from 'zod';

const servedFields = { name: z.string(), kind: z.string(), version: z.string() };

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'not ready']),
    ready: z.boolean(),
    model: z.object(servedFields),
    version: z.string().describe("Pawprint's"),
  })
  .meta({ id: 'Health' });

export const liveSchema = z.object({ status: z.literal('alive') });
export const readySchema = z.object({ status: z.literal('ready') });

const counts = z.record(z.string(), z.int());
const ratio = z.number().min(0).max(1);

export const statsSchema = z
  .object({
    startedAt: z.iso.datetime(),
    uptimeSeconds: z.number(),
    predictions: z.int(),
    failed: z.int().describe('pictures that got no prediction'),
    byClass: counts,
    byDecision: counts,
    meanConfidence: ratio.nullable(),
    latencyMs: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
    recent: z
      .array(
        z.object({
          at: z.iso.datetime(),
          predictions: z.int(),
          failed: z.int(),
          byClass: counts,
          meanConfidence: ratio.nullable(),
          p50Ms: z.number().nullable(),
          p95Ms: z.number().nullable(),
        }),
      )
      .describe('the last 60 whole seconds, the oldest first'),
    waiting: z.int().describe('predictions that wait for a worker thread'),
    feedback: z.object({ correct: z.int(), wrong: z.int(), unmatched: z.int() }),
    model: z.object({
      ...servedFields,
      sha256: z.string(),
      classNames: z.array(z.string()),
      preprocessing: z.record(z.string(), z.unknown()),
      temperature: z.number(),
      unsureBelow: z.number().nullable(),
      trainedOn: z.string().describe("the data set's md5"),
      loadedAt: z.iso.datetime(),
    }),
    limits: z.object({ maxBodyBytes: z.int(), maxPixels: z.int(), maxBatchPictures: z.int() }),
  })
  .meta({ id: 'Stats' });

export interface Feedback {
  readonly requestId: string;
  readonly label: string;
}

/** To a service that tells these classes apart: they stay while it runs, whatever model answers. */
export const feedbackBodySchema = (classNames: readonly string[]): z.ZodType<Feedback> =>
  z.strictObject({
    requestId: z
      .string()
      .regex(/^[\w.-]{1,128}$/)
      .describe('of the prediction'),
    label: z.enum(classNames).describe('the true class'),
  });

export const feedbackAnswerSchema = z
  .object({
    requestId: z.string(),
    label: z.string(),
    predicted: z.string().nullable().describe('null: this process does not remember the prediction'),
    correct: z.boolean().nullable(),
  })
  .meta({ id: 'FeedbackTaken' });

const modelFields = { ...servedFields, file: z.string(), sha256: z.string(), loadedAt: z.iso.datetime() };

export const modelsSchema = z
  .object({
    current: z.object(modelFields),
    challenger: z.object({ ...modelFields, share: z.number() }).nullable(),
    shadow: z
      .object({ agree: z.int(), disagree: z.int(), failed: z.int(), skipped: z.int() })
      .describe("what became of the challenger's answers"),
  })
  .meta({ id: 'Models' });

export const modelChangeSchema = z
  .strictObject({
    file: z
      .string()
      .regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*\.onnx$/)
      .max(200)
      .describe('a model file below the folder of the model that the service was started with'),
    role: z.enum(['current', 'challenger']).default('current'),
    share: z.number().gt(0).max(1).default(0.1).describe('of the predictions that a challenger is asked too'),
  })
  .meta({ id: 'ModelChange' });
