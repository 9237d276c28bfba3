// Mixup (Zhang et al. 2018): each photo of a batch is blended with another one, and its target likewise.
import type { Random } from '../core/index.ts';

/** A share λ ~ Beta(α, α), the larger of λ and 1 − λ: in [0.5, 1]. Jöhnk's method. α in (0, 1]. */
export function drawMixShare(random: Random, alpha: number): number {
  for (;;) {
    const [x, y] = [random.next() ** (1 / alpha), random.next() ** (1 / alpha)];
    if (x + y > 0 && x + y <= 1) return Math.max(x, y) / (x + y);
  }
}

/** A batch's photos, targets and weights, each with `count` rows. */
export interface MixedBatch {
  readonly count: number;
  readonly parts: readonly Float32Array[];
}

/**
 * Blends what slots i and B − 1 − i hold with each other, in place: `share` of its own, the rest of the other. A batch
 * is in random order, so the pairs are random; with a share of at least one half its labels are still the larger ones.
 */
export function mixPairs({ count, parts }: MixedBatch, share: number): void {
  for (const values of parts) {
    const length = values.length / count;
    for (let slot = 0; slot < count >> 1; slot++) {
      const [own, other] = [slot * length, (count - 1 - slot) * length];
      for (let i = 0; i < length; i++) {
        const [a, b] = [values[own + i] ?? 0, values[other + i] ?? 0];
        values[own + i] = share * a + (1 - share) * b;
        values[other + i] = share * b + (1 - share) * a;
      }
    }
  }
}
