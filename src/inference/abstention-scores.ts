// What saying "unsure" and "neither" does to the answers: how many are given, and how many of these are right.
import { coverageCurve, type CoveragePoint, type Interval, wilsonInterval } from '../evaluation/index.ts';
import type { Prediction } from './predictor.ts';

/** What was said of a photo, and its true class as an index. */
export interface LabelledPrediction {
  readonly label: number;
  readonly prediction: Prediction;
}

export interface AbstentionScores {
  /** Photos by what the model said of them. */
  readonly answered: number;
  readonly unsure: number;
  readonly neither: number;
  /** answered / all, in [0, 1]. */
  readonly coverage: number;
  /** Share of the answers given that are right; null: none was given. */
  readonly accuracy: number | null;
  /** Wilson's. */
  readonly accuracyInterval95: Interval | null;
  /** Share of wrong answers when only the most confident are given. */
  readonly curve: readonly CoveragePoint[];
}

/** Counts what was said of each photo; the curve has 20 points at most. */
export function scoreAbstention(photos: readonly LabelledPrediction[]): AbstentionScores {
  const said = (decision: string): number => photos.filter(({ prediction }) => prediction.decision === decision).length;
  const isRight = ({ prediction, label }: LabelledPrediction): boolean => prediction.labelIndex === label;
  const answered = said('sure');
  const right = photos.filter((photo) => photo.prediction.decision === 'sure' && isRight(photo)).length;
  return {
    answered,
    unsure: said('unsure'),
    neither: said('neither'),
    coverage: answered / photos.length,
    accuracy: answered === 0 ? null : right / answered,
    accuracyInterval95: answered === 0 ? null : wilsonInterval(right, answered),
    curve: coverageCurve(
      photos.map(({ prediction }) => prediction.confidence),
      photos.map((photo) => Number(isRight(photo))),
      20,
    ),
  };
}
