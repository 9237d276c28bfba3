// What a line of the prediction log says, and a line of the feedback log. The schemas are what the writer checks before
// it writes and the reader after it has read; docs/prediction-log.md says the same in words.
import { z } from 'zod';
import { imageFormats } from '../../image/records.ts';

/** Grows when a reader of the old lines would misread the new ones. */
export const predictionLogVersion = 1;
/** Most numbers of `features`: more belong in a file of their own, not in every line. */
export const maxFeatures = 32;

/** UTC to the millisecond, as `Date.prototype.toISOString` writes it: comparing the text compares the time. */
const time = z.iso.datetime({ precision: 3 });
const requestId = z.string().min(1).max(128);
const share = z.number().min(0).max(1);
const level = z.number().min(0).max(255);
const count = z.int().min(0);

export const loggedImageSchema = z.strictObject({
  width: count,
  height: count,
  /** Of the encoded picture. */
  bytes: count,
  format: z.enum(imageFormats),
  /** These four as RecordStatistics, of the record that the model saw. */
  brightness: level,
  contrast: level,
  sharpness: z.number().min(0),
  means: z.tuple([level, level, level]),
});

export const predictionEntrySchema = z.strictObject({
  schemaVersion: z.literal(predictionLogVersion),
  time,
  id: requestId,
  /** Place in a batch; absent for a single picture. */
  index: count.optional(),
  label: z.string(),
  /** `label`, or `unsure`, or `neither`. */
  answer: z.string(),
  confidence: share,
  decision: z.enum(['sure', 'unsure', 'neither']),
  familiarity: share.nullable(),
  probabilities: z.record(z.string(), share),
  /** As the model gave them; enough digits to be the same float32. */
  logits: z.array(z.number()),
  model: z.strictObject({ name: z.string(), version: z.string() }),
  image: loggedImageSchema,
  features: z.array(z.number()).max(maxFeatures),
  milliseconds: z.number().min(0),
  /** Set when the picture itself was kept: `images/<first 2>/<imageSha256>.<extension>`. */
  imageSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

export const feedbackEntrySchema = z.strictObject({
  schemaVersion: z.literal(predictionLogVersion),
  time,
  /** Of the request whose picture it is about. */
  id: requestId,
  /** What the picture really shows. */
  label: z.string(),
});

export type LoggedImage = Readonly<z.infer<typeof loggedImageSchema>>;
export type PredictionEntry = Readonly<z.infer<typeof predictionEntrySchema>>;
export type FeedbackEntry = Readonly<z.infer<typeof feedbackEntrySchema>>;
