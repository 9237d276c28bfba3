// What a loss is: from logits to a scalar and straight to dL/dlogits, in the form that cannot overflow.
import type { GraphWriter } from '../operator.ts';
import type { Value } from '../types.ts';

export interface LossInputs {
  /** Raw scores [B, 1] for two classes, [B, C] for more. */
  readonly logits: Value;
  /** Target probabilities, the shape of the logits (one column: probability of class 1). */
  readonly targets: Value;
  /** Weight of each sample [B, 1]; 1 counts it once. */
  readonly weights: Value;
}

export interface LossOutputs {
  /** Scalar: Σ weight · loss / B. */
  readonly loss: Value;
  /** dL/dlogits, the shape of the logits. */
  readonly gradient: Value;
}

export type Loss = (b: GraphWriter, inputs: LossInputs) => LossOutputs;
