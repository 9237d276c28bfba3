// The linear head on a backbone's features: L2-regularised logistic regression, its strength chosen by stratified
// cross-validation. All folds and strengths are fitted at once (head-problems.ts). Pure but for the engine.
import { PawprintError } from '../../core/index.ts';
import { outputColumns } from '../../models/index.ts';
import { balancedClassWeights } from '../batches.ts';
import { assignFolds, type Folds } from './folds.ts';
import { createHeadProblems, type HeadProblem, type HeadProblems } from './head-problems.ts';
import { minimise } from './lbfgs.ts';
import { chooseStrength, scoreStrength, type StrengthRow } from './strength.ts';
import { forRawFeatures, standardisationOf, standardise } from './standardise.ts';

/**
 * Strengths tried unless told: 1/C of scikit-learn's LogisticRegression on the standardised features. Below 0.1 a fit
 * on few photos is ever surer of itself without being right more often.
 */
export const defaultStrengths: readonly number[] = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 10000];

/** Largest gradient component at which a fit is done: while strengths are compared, and for the head itself. */
const comparingTolerance = 1e-4;
const finalTolerance = 1e-6;
const maxIterations = 1000;
/** Numbers in the points of the problems that are fitted together; L-BFGS keeps about 24 vectors of each. */
const batchNumbers = 1 << 21;

export interface LinearHeadOptions {
  /** [n, d], row-major. */
  readonly features: Float32Array;
  /** Class of each photo, below `classCount`. */
  readonly labels: Uint8Array;
  readonly classCount: number;
  /** For messages. */
  readonly classNames?: readonly string[];
  /** Photos with the same number are near duplicates: a group stays in one fold. */
  readonly groups?: Int32Array;
  /** `balanced`: each class counts the same, however many photos it has. */
  readonly classWeights: 'balanced' | 'none';
  /** Weights of ½‖W‖² beside the summed loss, on standardised features; larger is simpler. */
  readonly strengths?: readonly number[];
  readonly folds?: number;
  readonly seed: number;
  /** Threads inside one operator; 1 makes fits repeat bit for bit. */
  readonly threads: number;
  readonly signal?: AbortSignal;
}

export interface LinearHeadFit {
  /** [K, d] for raw features; K is 1 for two classes (the logit of class 1), else the number of classes. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** [K] */
  readonly bias: Float32Array<ArrayBuffer>;
  readonly strength: number;
  /** [n, K]: each photo's logits at the chosen strength by the fold's model that did not see it. */
  readonly heldOutLogits: Float32Array<ArrayBuffer>;
  readonly table: readonly StrengthRow[];
  /** Folds of the cross-validation. */
  readonly folds: number;
  /** Steps that the final fit took. */
  readonly iterations: number;
  /** Largest component of the final fit's gradient. */
  readonly gradientNorm: number;
}

/**
 * Fits Σᵢ weightᵢ·loss(W·x̂ᵢ + b, yᵢ) + strength/2·‖W‖², x̂ standardised, b free. The strength is the one of least
 * held-out log loss. Standardisation looks at all photos (never at labels). Throws DATASET_INVALID for fewer than two
 * different photos of a class, for photos that are all alike and for features that are not numbers, CANCELLED when the
 * signal aborts.
 */
export async function fitLinearHead(options: LinearHeadOptions): Promise<LinearHeadFit> {
  const { labels, classCount } = options;
  const d = options.features.length / labels.length;
  checkFeatures(options.features, d);
  const folds = assignFolds({ ...options, folds: options.folds ?? 5 });
  const standardisation = standardisationOf(options.features, d);
  checkVaries(standardisation.scale, labels.length);
  const weights = photoWeights(options);
  const { shares, totals } = foldShares(weights, folds);
  const problems = await createHeadProblems(
    {
      features: standardise(options.features, standardisation),
      featureCount: d,
      labels,
      classCount,
      shares,
      shareColumns: folds.count + 1,
    },
    options,
  );
  try {
    const k = outputColumns(classCount);
    const strengths = [...(options.strengths ?? defaultStrengths)].sort((a, b) => b - a);
    const fitted = await fitFolds(problems, strengths, totals.slice(0, folds.count));
    const heldOut: Float32Array<ArrayBuffer>[] = [];
    for (const points of fitted) heldOut.push(heldOutLogits(await problems.logits(points), folds, k));
    const table = strengths.map((strength, i) =>
      scoreStrength(strength, { logits: heldOut[i] ?? new Float32Array(), labels, weights, classCount }),
    );
    const chosen = chooseStrength(table);
    const strength = strengths[chosen] ?? 1;
    const point = meanOf(fitted[chosen] ?? []);
    const whole = { fold: folds.count, decay: strength / (totals[folds.count] ?? 1) };
    const [final] = await fitAll(problems, [whole], { points: [point], tolerance: finalTolerance });
    return {
      ...forRawFeatures(point, standardisation),
      strength,
      heldOutLogits: heldOut[chosen] ?? new Float32Array(),
      table: table.toReversed(),
      folds: folds.count,
      iterations: final?.iterations ?? 0,
      gradientNorm: final?.gradientNorm ?? 0,
    };
  } finally {
    await problems.release();
  }
}

/** Points of every strength and fold, the strongest first; each batch starts from the strength before it. */
async function fitFolds(
  problems: HeadProblems,
  strengths: readonly number[],
  totals: readonly number[],
): Promise<Float64Array[][]> {
  const fitted: Float64Array[][] = [];
  const strengthsAtOnce = Math.max(1, Math.floor(batchNumbers / (problems.size * totals.length)));
  for (let first = 0; first < strengths.length; first += strengthsAtOnce) {
    const batch = strengths.slice(first, first + strengthsAtOnce);
    const known = fitted.at(-1);
    const points = batch.map(() => totals.map((_, fold) => known?.[fold]?.slice() ?? new Float64Array(problems.size)));
    const each = batch.flatMap((strength) => totals.map((total, fold) => ({ fold, decay: strength / total })));
    await fitAll(problems, each, { points: points.flat(), tolerance: comparingTolerance });
    fitted.push(...points);
  }
  return fitted;
}

function fitAll(
  problems: HeadProblems,
  each: readonly HeadProblem[],
  { points, tolerance }: { readonly points: readonly Float64Array[]; readonly tolerance: number },
): ReturnType<typeof minimise> {
  return minimise({
    points,
    tolerance,
    maxIterations,
    gradients: (indices, at, gradients) =>
      problems.gradients(
        indices.flatMap((i) => each[i] ?? []),
        at,
        gradients,
      ),
  });
}

function checkFeatures(features: Float32Array, d: number): void {
  if (!Number.isInteger(d) || d < 1) throw new Error(`${features.length} features do not make rows`);
  const bad = features.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new PawprintError('DATASET_INVALID', {
    message: `a feature of photo ${Math.floor(bad / d)} is not a number`,
    expected: 'finite features',
    received: String(features[bad]),
    hint: 'Look at that photo, or choose another backbone.',
  });
}

function checkVaries(scale: Float64Array, photos: number): void {
  if (scale.some((value) => value > 0)) return;
  throw new PawprintError('DATASET_INVALID', {
    message: 'all photos look the same to the backbone',
    expected: 'photos that differ',
    received: `${photos} photos with equal features`,
    hint: 'Look at the photos: they may be copies of one picture, or all one colour.',
  });
}

/** Weight of each photo in the loss, mean 1. */
function photoWeights({ labels, classCount, classWeights }: LinearHeadOptions): Float64Array {
  if (classWeights === 'none') return new Float64Array(labels.length).fill(1);
  const perClass = balancedClassWeights(labels, classCount);
  return Float64Array.from(labels, (label) => perClass[label] ?? 1);
}

/** Shares [n, folds + 1] of the photos in each fold's training loss and, last, in that of all; totals of the weights. */
function foldShares(weights: Float64Array, folds: Folds): { shares: Float32Array; totals: number[] } {
  const columns = folds.count + 1;
  const totals = Array<number>(columns).fill(0);
  const trains = (fold: number, row: number): boolean => folds.of[row] !== fold;
  weights.forEach((weight, row) => {
    for (let fold = 0; fold < columns; fold++) if (trains(fold, row)) totals[fold] = (totals[fold] ?? 0) + weight;
  });
  const shares = new Float32Array(weights.length * columns);
  weights.forEach((weight, row) => {
    for (let fold = 0; fold < columns; fold++)
      if (trains(fold, row)) shares[row * columns + fold] = weight / (totals[fold] ?? 1);
  });
  return { shares, totals };
}

/** Of the logits [n, folds·K] of all folds' models, each photo's by the model of its own fold: [n, K]. */
function heldOutLogits(logits: Float32Array, folds: Folds, k: number): Float32Array<ArrayBuffer> {
  const own = new Float32Array(folds.of.length * k);
  folds.of.forEach((fold, row) => {
    const at = (row * folds.count + fold) * k;
    own.set(logits.subarray(at, at + k), row * k);
  });
  return own;
}

function meanOf(points: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(points[0]?.length ?? 0);
  for (const point of points) point.forEach((value, j) => (mean[j] = (mean[j] ?? 0) + value / points.length));
  return mean;
}
