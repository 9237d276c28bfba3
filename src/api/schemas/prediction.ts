// What POST /predict and /predict/batch take in their address, and what they answer.
import { z } from 'zod';

/** `true` or `false` in an address. */
const flag = z.codec(z.enum(['true', 'false']), z.boolean(), {
  decode: (text) => text === 'true',
  encode: (value) => (value ? 'true' : 'false'),
});
const count = z.codec(z.string().regex(/^[1-9]\d{0,2}$/), z.int().min(1).max(999), {
  decode: Number,
  encode: String,
});

export const predictQuerySchema = z.object({
  explain: flag.optional().describe('also a picture of the places that the answer rests on'),
  top: count.optional().describe('also the likeliest classes, so many, the likeliest first'),
});
export type PredictQuery = z.output<typeof predictQuerySchema>;

const probability = z.number().min(0).max(1);
const modelSchema = z
  .object({
    name: z.string(),
    version: z.string().describe("the first 12 digits of the model file's SHA-256"),
    sha256: z.string(),
  })
  .meta({ id: 'AnsweringModel' });

const explanationSchema = z
  .object({
    method: z.enum(['cam', 'grad-cam', 'pixel-contribution']),
    label: z.string().describe('the class that the heat speaks for'),
    image: z.string().describe('the photo with the heat, a PNG as a data: address'),
    peak: z
      .object({ x: z.number(), y: z.number() })
      .nullable()
      .describe(
        'the hottest place, fractions of width and height from the left and the top; null: nothing speaks for it',
      ),
  })
  .meta({ id: 'Explanation' });

const answerFields = {
  label: z.string().describe('the likelier class, however unsure'),
  confidence: probability.describe('the calibrated probability of `label`'),
  answer: z.string().describe('what the model stands by: `label`, or `unsure`, or `neither`'),
  why: z.string().nullable().describe('why it is unsure, or neither; null where it is sure'),
  probabilities: z.record(z.string(), probability),
  top: z.array(z.object({ label: z.string(), probability })).optional(),
  explanation: explanationSchema.optional(),
};
const requestFields = {
  model: modelSchema,
  milliseconds: z.number().describe('from the arrival of the picture to the answer'),
  requestId: z.string(),
};

export const predictionSchema = z.object({ ...answerFields, ...requestFields }).meta({ id: 'Prediction' });
export type PredictionAnswer = z.infer<typeof predictionSchema>;

const placeFields = {
  index: z.int().min(0),
  file: z.string().describe('the name that came with the picture'),
};
const refusedSchema = z.object({
  ...placeFields,
  status: z.int().min(400),
  code: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
});
const answeredSchema = z.object({ ...placeFields, status: z.literal(200), ...answerFields });

export const batchSchema = z
  .object({
    results: z.array(z.union([answeredSchema, refusedSchema])),
    answered: z.int(),
    refused: z.int(),
    ...requestFields,
  })
  .meta({ id: 'BatchPrediction', description: 'One result a picture, in the order sent: an answer, or why not.' });
export type BatchAnswer = z.infer<typeof batchSchema>;
