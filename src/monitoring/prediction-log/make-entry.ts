// From an answer to its line: rounds what is not needed to the last bit, so that a line stays short.
import type { ImageFormat, RecordStatistics } from '../../image/index.ts';
import { type Prediction, statedAnswer } from '../../inference/serving/index.ts';
import { type FeedbackEntry, type PredictionEntry, predictionLogVersion } from './entry.ts';

/** Significant digits. Nine are enough for a float32 to come back the same. */
const digits = { statistics: 4, features: 4, probabilities: 6, logits: 9 } as const;

export interface AnsweredPrediction {
  readonly time: Date;
  /** The request's id. */
  readonly id: string;
  /** Place in a batch; leave out for a single picture. */
  readonly index?: number;
  readonly prediction: Omit<Prediction, 'labelIndex'>;
  readonly model: { readonly name: string; readonly version: string };
  /** Pixels as uploaded, bytes as encoded. */
  readonly image: {
    readonly width: number;
    readonly height: number;
    readonly bytes: number;
    readonly format: ImageFormat;
    readonly statistics: RecordStatistics;
  };
  /** At most 32 numbers; empty when the model has none. */
  readonly features: ArrayLike<number>;
  readonly milliseconds: number;
}

/** The line of one answer. Numbers that are no numbers are kept as they are: the log refuses the entry and counts it. */
export function predictionEntry(answered: AnsweredPrediction): PredictionEntry {
  const { time, id, index, prediction, model, image, features, milliseconds } = answered;
  const { label, confidence, decision, familiarity, probabilities, logits } = prediction;
  const { statistics, width, height, bytes, format } = image;
  const [red, green, blue] = statistics.means;
  const short = (value: number): number => round(value, digits.statistics);
  return {
    schemaVersion: predictionLogVersion,
    time: time.toISOString(),
    id,
    ...(index === undefined ? {} : { index }),
    label,
    answer: statedAnswer(prediction),
    confidence: round(confidence, digits.probabilities),
    decision,
    familiarity: familiarity === null ? null : round(familiarity, digits.probabilities),
    probabilities: Object.fromEntries(
      Object.entries(probabilities).map(([name, value]) => [name, round(value, digits.probabilities)]),
    ),
    logits: logits.map((value) => round(value, digits.logits)),
    model: { name: model.name, version: model.version },
    image: {
      ...{ width, height, bytes, format },
      brightness: short(statistics.brightness),
      contrast: short(statistics.contrast),
      sharpness: short(statistics.sharpness),
      means: [short(red), short(green), short(blue)],
    },
    features: Array.from(features, (value) => round(value, digits.features)),
    milliseconds: Math.round(100 * milliseconds) / 100,
  };
}

/** The line of one true label. */
export function feedbackEntry(given: {
  readonly time: Date;
  readonly id: string;
  readonly label: string;
}): FeedbackEntry {
  return { schemaVersion: predictionLogVersion, time: given.time.toISOString(), id: given.id, label: given.label };
}

function round(value: number, significant: number): number {
  return Number(value.toPrecision(significant));
}
