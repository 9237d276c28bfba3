// Learning-rate schedules: pure functions of the progress through training.

export interface ScheduleOptions {
  readonly schedule: 'one-cycle' | 'cosine' | 'constant';
  /** Peak learning rate. */
  readonly lr: number;
  /** one-cycle: share of steps spent climbing. */
  readonly warmupFraction: number;
}

/** Where one-cycle starts, as a share of the peak (Smith & Topin 2018; PyTorch's div_factor of 25). */
const startShare = 1 / 25;

const cosine = (from: number, to: number, progress: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2;

/**
 * Learning rate of step `step` (0-based) out of `totalSteps`. one-cycle climbs by a cosine from lr/25 to lr, then
 * falls by a cosine to zero; cosine only falls.
 */
export function learningRateAt(options: ScheduleOptions, step: number, totalSteps: number): number {
  const { schedule, lr, warmupFraction } = options;
  switch (schedule) {
    case 'constant':
      return lr;
    case 'cosine':
      return cosine(lr, 0, step / totalSteps);
    case 'one-cycle': {
      const warmup = warmupFraction * totalSteps;
      if (step < warmup) return cosine(lr * startShare, lr, step / warmup);
      return warmup >= totalSteps ? lr : cosine(lr, 0, (step - warmup) / (totalSteps - warmup));
    }
  }
}

/**
 * Share of the newest weights in the running mean at step 1, 2, …: 1/steps, so that the mean looks back on about that
 * many; larger at first (10/(9 + step): the mean starts as the first weights and looks back on a tenth of the run so
 * far), because early weights are poor.
 */
export function averageRateAt(step: number, steps: number): number {
  return Math.min(1, Math.max(1 / steps, 10 / (9 + step)));
}
