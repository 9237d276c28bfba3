// One pass over the training split.
import { PawprintError } from '../core/index.ts';
import type { Batches } from './batches.ts';
import type { EpochRecord } from './history.ts';
import { learningRateAt, type ScheduleOptions } from './schedule.ts';
import type { Stepper } from './stepper.ts';

export interface EpochSpec {
  readonly stepper: Stepper;
  readonly batches: Batches;
  /** 1-based. */
  readonly epoch: number;
  readonly classCount: number;
  readonly schedule: ScheduleOptions;
  readonly totalSteps: number;
  /** Named in the error when training diverges. */
  readonly checkpointPath: string;
  readonly signal: AbortSignal;
}

export type TrainedEpoch = Omit<EpochRecord, 'epoch' | 'validationLoss' | 'validationAccuracy'>;

/** Trains one epoch; loss and accuracy are those of the batches as they were seen, before each update. */
export async function trainEpoch(spec: EpochSpec): Promise<TrainedEpoch> {
  const { stepper, batches, epoch } = spec;
  const started = performance.now();
  const seen = batches.stepsPerEpoch * batches.batchSize;
  let [lossSum, correct, maxGradientNorm, learningRate] = [0, 0, 0, 0];
  let step = (epoch - 1) * batches.stepsPerEpoch;
  for (const batch of batches.epoch(epoch)) {
    if (spec.signal.aborted)
      throw new PawprintError('CANCELLED', {
        message: `training was stopped in epoch ${epoch}`,
        hint: epoch > 1 ? 'Go on from the last whole epoch with --resume.' : 'No epoch was finished yet.',
      });
    learningRate = learningRateAt(spec.schedule, step++, spec.totalSteps);
    const result = await stepper.step(batch, learningRate);
    if (!result.finite) throw divergedError(spec, learningRate, `loss ${result.loss}`);
    lossSum += result.loss;
    correct += countCorrect(result.logits, batch.labels);
    maxGradientNorm = Math.max(maxGradientNorm, result.gradientNorm);
  }
  return {
    trainLoss: lossSum / batches.stepsPerEpoch,
    trainAccuracy: correct / seen,
    learningRate,
    maxGradientNorm,
    imagesPerSecond: (1000 * seen) / (performance.now() - started),
  };
}

/** The error of a run whose numbers stopped being numbers; names the checkpoint that is left. */
export function divergedError(
  { epoch, checkpointPath }: Pick<EpochSpec, 'epoch' | 'checkpointPath'>,
  learningRate: number,
  received: string,
): PawprintError {
  const kept =
    epoch > 1 ? `the checkpoint of epoch ${epoch - 1} is kept in ${checkpointPath}` : 'no epoch was finished';
  return new PawprintError('TRAINING_DIVERGED', {
    message: `training diverged in epoch ${epoch}; ${kept}`,
    expected: 'a finite loss and gradient',
    received: `${received} at learning rate ${learningRate.toPrecision(3)}`,
    hint: 'Lower train.lr, or set train.clipNorm (1 is usual), and train again.',
  });
}

function countCorrect(logits: Float32Array, labels: Uint8Array): number {
  const columns = logits.length / labels.length;
  let correct = 0;
  labels.forEach((label, i) => {
    if (columns === 1) correct += Number((logits[i] ?? 0) > 0 === (label === 1));
    else {
      const row = logits.subarray(i * columns, (i + 1) * columns);
      correct += Number(row.indexOf(Math.max(...row)) === label);
    }
  });
  return correct;
}
