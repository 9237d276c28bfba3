// What an extraction gives, and the rows of it as they fill.
import type { PawprintError } from '../core/index.ts';
import type { Backbone } from './backbone.ts';
import type { FeatureRow, View } from './feature-cache.ts';

export interface ExtractedFeatures {
  /** d */
  readonly featureCount: number;
  /** [n, d], in the photos' order, as the backbone gives them; the rows of failed photos are NaN. */
  readonly features: Float32Array;
  /** [n, K], logits of the classes that the backbone was trained on; null where it has none. NaN for failed photos. */
  readonly classLogits: Float32Array | null;
  /** [n, d]; null unless asked for. */
  readonly mirroredFeatures: Float32Array | null;
  /** Photos that could not be read, by index, in order: IMAGE_…, FILE_NOT_FOUND, CHECKSUM_MISMATCH (changed), … */
  readonly failed: readonly { readonly index: number; readonly error: PawprintError }[];
  /** Photos that the backbone looked at. */
  readonly computed: number;
  /** Photos that were wholly in the cache, or are copies of others among these. */
  readonly cached: number;
}

/** The rows as they fill, and the photos that could not be read. */
export class FeatureResult {
  readonly views: readonly View[];
  readonly failures = new Map<number, PawprintError>();
  readonly #featureCount: number;
  readonly #classCount: number;
  readonly #features: Float32Array;
  readonly #classLogits: Float32Array | null;
  readonly #mirrored: Float32Array | null;

  constructor({ featureCount, classLogitsOutput, classCount }: Backbone, photos: number, mirrored: boolean) {
    const empty = (width: number): Float32Array => new Float32Array(photos * width).fill(NaN);
    this.views = mirrored ? ['plain', 'mirrored'] : ['plain'];
    this.#featureCount = featureCount;
    this.#classCount = classCount;
    this.#features = empty(featureCount);
    this.#classLogits = classLogitsOutput === null ? null : empty(classCount);
    this.#mirrored = mirrored ? empty(featureCount) : null;
  }

  fill(rows: readonly number[], view: View, { features, classLogits }: FeatureRow): void {
    const target = view === 'plain' ? this.#features : this.#mirrored;
    for (const row of rows) {
      target?.set(features, row * this.#featureCount);
      if (classLogits !== null) this.#classLogits?.set(classLogits, row * this.#classCount);
    }
  }

  /** A photo that failed in one view failed altogether. */
  fail(rows: readonly number[], error: PawprintError): void {
    const nothing = { features: new Float32Array(this.#featureCount).fill(NaN), classLogits: null };
    for (const row of rows) this.failures.set(row, error);
    for (const view of this.views) this.fill(rows, view, nothing);
  }

  finished(): Omit<ExtractedFeatures, 'computed' | 'cached'> {
    return {
      featureCount: this.#featureCount,
      features: this.#features,
      classLogits: this.#classLogits,
      mirroredFeatures: this.#mirrored,
      failed: [...this.failures].sort(([a], [b]) => a - b).map(([index, error]) => ({ index, error })),
    };
  }
}
