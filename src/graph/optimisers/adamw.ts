// AdamW (Loshchilov & Hutter 2019, algorithm 2; the form and defaults of PyTorch):
//   p ← p·(1 − lr·λ);  m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  p ← p − lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
import type { Optimiser } from './optimiser.ts';

export interface AdamWOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
}

/** Adam with decoupled weight decay. */
export function adamW(options: AdamWOptions = {}): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  return {
    name: 'adamw',
    stateNames: ['firstMoment', 'secondMoment'],
    scalars: (step, learningRate) => ({
      stepSize: learningRate / (1 - beta1 ** step),
      inverseCorrection: 1 / Math.sqrt(1 - beta2 ** step),
      decay: learningRate * weightDecay,
    }),
    update: (b, { parameters: p, gradient: g, decayMask, states, scalar }) => {
      const [m, v] = states;
      if (m === undefined || v === undefined) throw new Error('AdamW needs both of its moments');
      const nextM = b.add(b.mul(m, b.floats([beta1])), b.mul(g, b.floats([1 - beta1])));
      const nextV = b.add(b.mul(v, b.floats([beta2])), b.mul(b.mul(g, g), b.floats([1 - beta2])));
      const deviation = b.add(b.mul(b.node('Sqrt', [nextV]), scalar('inverseCorrection')), b.floats([epsilon]));
      const change = b.mul(b.div(nextM, deviation), scalar('stepSize'));
      const decayed = weightDecay === 0 ? p : b.sub(p, b.mul(b.mul(p, decayMask), scalar('decay')));
      return { parameters: b.sub(decayed, change), states: [nextM, nextV] };
    },
  };
}
