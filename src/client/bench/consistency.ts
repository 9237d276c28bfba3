// Whether a service answers the same photo the same way each time, whatever goes on around it. A model that is swapped
// meanwhile may say otherwise: each version is held against itself.
import { parseJson } from '../json.ts';
import { type PredictionAnswer, predictionSchema, sameAnswer } from '../wire.ts';

export interface ConsistencySummary {
  /** Answers that were held against an earlier one to the same photo. */
  readonly compared: number;
  readonly disagreements: number;
  /** Answers without label and probabilities. */
  readonly malformed: number;
  /** The first disagreement in words. */
  readonly example: string | null;
}

export interface ConsistencyCheck {
  see(picture: string, body: Buffer): void;
  summary(): ConsistencySummary;
}

/** Versions of one photo's answer that are remembered; a service has one or two. */
const maxVersions = 1000;

export function createConsistencyCheck(): ConsistencyCheck {
  const first = new Map<string, PredictionAnswer>();
  let [compared, disagreements, malformed] = [0, 0, 0];
  let example: string | null = null;
  return {
    see: (picture, body) => {
      const { data: answer } = predictionSchema.safeParse(parseJson(body));
      if (answer === undefined) {
        malformed++;
        return;
      }
      const key = JSON.stringify([picture, answer.model.name, answer.model.version]);
      const reference = first.get(key);
      if (reference === undefined) {
        if (first.size < maxVersions) first.set(key, answer);
        return;
      }
      compared++;
      if (sameAnswer(reference, answer)) return;
      disagreements++;
      example ??= `${picture}: ${words(reference)}, then ${words(answer)}`;
    },
    summary: () => ({ compared, disagreements, malformed, example }),
  };
}

function words({ label, confidence }: PredictionAnswer): string {
  return `${label} ${confidence}`;
}
