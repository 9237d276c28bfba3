// Stochastic gradient descent with (Nesterov) momentum, in PyTorch's form:
//   g ← g + λp;  u ← μu + g;  p ← p − lr·u   (Nesterov: p ← p − lr·(g + μu))
import type { Optimiser } from './optimiser.ts';

export interface SgdOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
}

/** SGD; with momentum 0 the velocity is simply the gradient. */
export function sgd(options: SgdOptions = {}): Optimiser {
  const { momentum = 0.9, nesterov = false, weightDecay = 0 } = options;
  return {
    name: 'sgd',
    stateNames: ['velocity'],
    scalars: (_step, learningRate) => ({ stepSize: learningRate }),
    update: (b, { parameters: p, gradient, decayMask, states, scalar }) => {
      const [u] = states;
      if (u === undefined) throw new Error('SGD needs its velocity');
      const decay = b.mul(b.mul(p, decayMask), b.floats([weightDecay]));
      const g = weightDecay === 0 ? gradient : b.add(gradient, decay);
      const velocity = b.add(b.mul(u, b.floats([momentum])), g);
      const direction = nesterov ? b.add(g, b.mul(velocity, b.floats([momentum]))) : velocity;
      return { parameters: b.sub(p, b.mul(direction, scalar('stepSize'))), states: [velocity] };
    },
  };
}
