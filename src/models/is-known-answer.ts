// Whether a model gave its known answer. A narrow door of models: every thread that predicts asks it, and needs no more.
import type { KnownAnswer } from './model-metadata.ts';

/** Whether each logit is the stored one, within the tolerance. A logit that is not finite never is. */
export function isKnownAnswer(received: readonly number[], { logits, tolerance }: KnownAnswer): boolean {
  const close = (logit: number, i: number): boolean => Math.abs(logit - (received[i] ?? NaN)) <= tolerance;
  return received.length === logits.length && logits.every(close);
}
