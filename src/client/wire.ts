// What a service of this API answers, as schemas: only what a client needs; more may stand there.
import { z } from 'zod';

const share = z.number().min(0).max(1);
const modelName = z.looseObject({ name: z.string().min(1), version: z.string().optional() });

export const healthSchema = z.looseObject({ status: z.literal('ok'), ready: z.literal(true), model: modelName });

export const predictionSchema = z.looseObject({
  label: z.string(),
  confidence: share,
  probabilities: z.record(z.string(), share),
  model: modelName,
  requestId: z.string().min(1),
});

export const statsSchema = z.looseObject({
  startedAt: z.string(),
  predictions: z.number().int().min(0),
  byClass: z.record(z.string(), z.number().int().min(0)),
  model: z.looseObject({ name: z.string(), sha256: z.string() }),
});

/** RFC 9457, with a code. */
export const problemSchema = z.looseObject({
  status: z.number().int(),
  title: z.string().min(1),
  code: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
});

export type PredictionAnswer = z.output<typeof predictionSchema>;
export type StatsAnswer = z.output<typeof statsSchema>;

/** Rounding of a few numbers that were printed in full. */
const sumTolerance = 1e-4;
const sameTolerance = 1e-6;

/** What is wrong with an answer that has the right form, in words; null when nothing is. */
export function contradictionIn({ label, confidence, probabilities }: PredictionAnswer): string | null {
  const values = Object.values(probabilities);
  const sum = values.reduce((a, b) => a + b, 0);
  const own = Object.hasOwn(probabilities, label) ? probabilities[label] : undefined;
  if (values.length < 2) return 'probabilities of fewer than two classes';
  if (Math.abs(sum - 1) > sumTolerance) return `probabilities that sum to ${Number(sum.toFixed(6))}, not 1`;
  if (own === undefined) return `a label that has no probability`;
  if (own < Math.max(...values)) return 'a label that is not the likeliest class';
  if (Math.abs(own - confidence) > sameTolerance) return `a confidence of ${confidence} for a probability of ${own}`;
  return null;
}

/** Whether two answers to one picture say the same. */
export function sameAnswer(a: PredictionAnswer, b: PredictionAnswer): boolean {
  const keys = Object.keys(a.probabilities);
  return (
    a.label === b.label &&
    keys.length === Object.keys(b.probabilities).length &&
    keys.every((key) => Math.abs((a.probabilities[key] ?? NaN) - (b.probabilities[key] ?? NaN)) <= sameTolerance)
  );
}
