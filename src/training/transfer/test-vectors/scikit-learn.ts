// Reads scikit-learn.json, heads fitted once by a trusted Python library (its `provenance` says how), for tests.
import { readFileSync } from 'node:fs';

interface FittedHead {
  featureCount: number;
  classCount: number;
  balanced: boolean;
  strength: number;
  features: number[];
  labels: number[];
  weights: number[];
  bias: number[];
}

interface Vectors {
  heads: Record<'twoClasses' | 'twoClassesBalanced' | 'threeClasses', FittedHead>;
}

export const fittedHeads = (JSON.parse(readFileSync(new URL('scikit-learn.json', import.meta.url), 'utf8')) as Vectors)
  .heads;
