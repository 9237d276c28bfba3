// Confidence that can be trusted: after training, the temperature and the threshold below which a model says "unsure",
// both from photos that its weights have not seen. Section `confidence` of params.yaml.
import { z } from 'zod';
import {
  fewestForTarget,
  type Logits,
  predictedLabels,
  probabilitiesFromLogits,
  fitTemperature,
  selectThreshold,
  topLabelCalibrationError,
  topLabelOutcomes,
} from '../evaluation/index.ts';
import type { Abstention } from '../models/index.ts';

export const confidenceParamsSchema = z.strictObject({
  targetError: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.01)
    .describe('largest share of wrong answers among those given; less sure ones become "unsure"'),
  level: z
    .number()
    .min(0.5)
    .lt(1)
    .default(0.95)
    .describe('probability with which that share holds for new photos like these'),
  falseAlarmRate: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.01)
    .describe('transfer: share of photos of the classes that may be taken for "neither"'),
});
export type ConfidenceParams = Readonly<z.infer<typeof confidenceParamsSchema>>;

export interface CalibrationInput {
  /** Of photos that the weights were not fitted to. */
  readonly logits: Logits;
  readonly labels: ArrayLike<number>;
  readonly classCount: number;
  readonly settings: ConfidenceParams;
  readonly fittedOn: Abstention['fittedOn'];
}

export interface Calibration {
  readonly temperature: number;
  /** null: no threshold can be shown to keep the target on so many photos. */
  readonly abstention: Abstention | null;
  /** Expected calibration error before and after, of the photos that the temperature was fitted to. */
  readonly metrics: { readonly 'calibration.eceBefore': number; readonly 'calibration.eceAfter': number };
  /** Why there is no threshold; undefined where there is one. */
  readonly warning: string | undefined;
}

/** Fits the temperature by negative log likelihood, then the threshold by SGR on the calibrated confidences. */
export function calibrate({ logits, labels, classCount, settings, fittedOn }: CalibrationInput): Calibration {
  const temperature = fitTemperature(labels, logits, classCount);
  const { confidences, correct } = topLabelOutcomes({
    labels,
    predictions: predictedLabels(logits, classCount),
    probabilities: probabilitiesFromLogits(logits, classCount, temperature),
    classCount,
  });
  const found = selectThreshold(confidences, correct, settings);
  const { targetError, level } = settings;
  const abstention =
    found === null
      ? null
      : {
          threshold: found.threshold,
          targetError,
          level,
          errorBound: found.errorBound,
          coverage: found.coverage,
          photos: labels.length,
          fittedOn,
        };
  return {
    temperature,
    abstention,
    metrics: {
      'calibration.eceBefore': topLabelCalibrationError(labels, logits, { classCount }),
      'calibration.eceAfter': topLabelCalibrationError(labels, logits, { classCount, temperature }),
    },
    warning:
      abstention === null
        ? `no confidence keeps errors at ${100 * targetError} % or less, shown on ${labels.length} photos: the model never says "unsure" ` +
          `(it takes at least ${fewestForTarget(labels.length, settings)} right answers in a row, or a larger confidence.targetError)`
        : undefined,
  };
}
