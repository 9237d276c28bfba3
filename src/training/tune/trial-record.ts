// What a finished trial leaves behind: one line of trials.jsonl, and how trials are ranked.
import { z } from 'zod';
import type { TuneParams } from './params.ts';

export const trialRecordSchema = z.strictObject({
  /** 1-based; its values follow from the seed and this number. */
  trial: z.int().min(1),
  /** 1-based; always 1 in a random search. */
  rung: z.int().min(1),
  /** Epochs it was to train for. */
  epochs: z.int().min(1),
  /** Epochs it did train for: fewer after early stopping or when it diverged. */
  epochsTrained: z.int().min(0),
  /** By dotted name. */
  values: z.record(z.string(), z.unknown()),
  status: z.enum(['done', 'failed']),
  /** On the validation split, in nats; null for a failed trial. */
  logLoss: z.number().nullable(),
  /** On the validation split, 0 to 1; null for a failed trial. */
  accuracy: z.number().nullable(),
  /** Why it failed. */
  failure: z.string().nullable(),
  /** Wall time in the process that finished it. */
  seconds: z.number().min(0),
});
export type TrialRecord = Readonly<z.infer<typeof trialRecordSchema>>;

/** Better first: by the metric, equal accuracies by log loss, then the earlier trial. Only fair within one rung. */
export function compareTrials(metric: TuneParams['metric']): (a: TrialRecord, b: TrialRecord) => number {
  const costs = ({ logLoss, accuracy, trial }: TrialRecord): number[] => {
    const loss = logLoss ?? Infinity;
    return metric === 'log-loss' ? [loss, trial] : [-(accuracy ?? -Infinity), loss, trial];
  };
  return (a, b) => {
    const [costsA, costsB] = [costs(a), costs(b)];
    const i = costsA.findIndex((cost, at) => cost !== costsB[at]);
    return i < 0 ? 0 : (costsA[i] ?? 0) - (costsB[i] ?? 0);
  };
}

/**
 * One record a trial, best first: of the last rung that it finished, later rungs before earlier ones, as a loss after 4
 * epochs and one after 40 cannot be compared. Trials that never finished a rung come last.
 */
export function rankTrials(records: readonly TrialRecord[], metric: TuneParams['metric']): TrialRecord[] {
  const shown = new Map<number, TrialRecord>();
  for (const record of [...records].sort((a, b) => a.rung - b.rung))
    if (record.status === 'done' || !shown.has(record.trial)) shown.set(record.trial, record);
  const compare = compareTrials(metric);
  const failed = ({ status }: TrialRecord): number => Number(status === 'failed');
  return [...shown.values()].sort((a, b) => failed(a) - failed(b) || b.rung - a.rung || compare(a, b));
}

/** The first of `rankTrials`; null where every trial failed. */
export function bestTrial(records: readonly TrialRecord[], metric: TuneParams['metric']): TrialRecord | null {
  const [first] = rankTrials(records, metric);
  return first?.status === 'done' ? first : null;
}

/** The trials that go on from a finished rung: the best `count` of those that did not fail, in the order of their numbers. */
export function promote(rung: readonly TrialRecord[], metric: TuneParams['metric'], count: number): number[] {
  return rung
    .filter(({ status }) => status === 'done')
    .sort(compareTrials(metric))
    .slice(0, count)
    .map(({ trial }) => trial)
    .sort((a, b) => a - b);
}
