// Successive halving (Jamieson & Talwalkar 2016) in the terms of Hyperband (Li et al. 2018): n configurations start
// with few epochs; of each rung the best 1/η go on with η times the epochs, the last with R = all of them.

export interface Rung {
  /** 1-based. */
  readonly rung: number;
  /** Epochs that each of its trials trains for. */
  readonly epochs: number;
  /** Trials in it. */
  readonly trials: number;
}

export interface HalvingOptions {
  /** n */
  readonly trials: number;
  /** η */
  readonly reductionFactor: number;
  /** r, fewest epochs of a trial */
  readonly minEpochs: number;
  /** R, epochs of the last rung */
  readonly maxEpochs: number;
}

/**
 * The rungs: s + 1 of them, s the largest number with R · η^−s ≥ r and n · η^−s ≥ 1. Rung k of 0 … s trains n · η^−k
 * trials (rounded down) for R · η^(k−s) epochs (rounded).
 */
export function planRungs({ trials, reductionFactor, minEpochs, maxEpochs }: HalvingOptions): Rung[] {
  let s = 0;
  const share = (k: number): number => reductionFactor ** k;
  while (maxEpochs / share(s + 1) >= minEpochs && trials / share(s + 1) >= 1) s++;
  return Array.from({ length: s + 1 }, (_, k) => ({
    rung: k + 1,
    epochs: Math.round(maxEpochs / share(s - k)),
    trials: Math.floor(trials / share(k)),
  }));
}

/** Epochs of a whole search: of every rung, trials · epochs, as each rung trains anew. */
export function plannedEpochs(rungs: readonly Rung[]): number {
  return rungs.reduce((sum, { trials, epochs }) => sum + trials * epochs, 0);
}
