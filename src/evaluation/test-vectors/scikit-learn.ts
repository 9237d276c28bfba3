// Reads scikit-learn.json, numbers computed once by trusted Python libraries (its `provenance` says which), for tests.
import { readFileSync } from 'node:fs';

interface CountingVector {
  labels: number[];
  logits: number[];
  temperature: number;
  confusionMatrix: number[][];
  accuracy: number;
  balancedAccuracy: number;
  precisionPerClass: number[];
  recallPerClass: number[];
  f1PerClass: number[];
  support: number[];
  macro: { precision: number; recall: number; f1: number };
  weighted: { precision: number; recall: number; f1: number };
  logLoss: number;
  brier: number;
  ece: number;
}

interface Vectors {
  binary: CountingVector & {
    roc: { fpr: number[]; tpr: number[]; thresholds: number[] };
    rocAuc: number;
    delongStandardError: number;
    mcnemar: { other: number[]; onlyFirst: number; onlySecond: number; pValue: number };
  };
  threeClasses: CountingVector & { rocAucOvrMacro: number };
  special: {
    logGamma: [number, number][];
    incompleteBeta: [number, number, number, number][];
    normalQuantile: [number, number][];
    normalCdf: [number, number][];
    intervals: {
      successes: number;
      total: number;
      level: number;
      wilson: [number, number];
      clopperPearson: [number, number];
    }[];
    mcnemarExact: [number, number, number][];
  };
}

export const vectors = JSON.parse(readFileSync(new URL('./scikit-learn.json', import.meta.url), 'utf8')) as Vectors;

/** |actual − expected| relative to max(|expected|, 1e-300). */
export function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-300);
}
