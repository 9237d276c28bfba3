// What a search needs to know of a kind of model: its settings with a trial's values put in, and what such settings are
// worth. A kind joins the search as one more function that returns a Tunable.
import type { ParamsTree, Progress } from '../../core/index.ts';
import type { EpochRecord } from '../history.ts';
import type { TrialValues } from './sample.ts';

/** One configuration to be trained for a number of epochs. */
export interface TrialJob {
  /** 1-based. */
  readonly trial: number;
  /** 1-based. */
  readonly rung: number;
  readonly epochs: number;
  readonly values: TrialValues;
}

export interface TrialRequest extends TrialJob {
  readonly seed: number;
  /** Model file to write; checkpoints and history lie beside it. What an interruption left there is gone on from. */
  readonly out: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly onEpoch: (record: EpochRecord) => void | Promise<void>;
}

export type TrialOutcome =
  | {
      readonly status: 'done';
      /** On the validation split, in nats. */
      readonly logLoss: number;
      /** On the validation split, 0 to 1. */
      readonly accuracy: number;
      readonly epochsTrained: number;
    }
  | { readonly status: 'failed'; readonly reason: string; readonly epochsTrained: number };

export interface Tunable {
  readonly kind: string;
  /** The section of params.yaml that `configure` completes. */
  readonly section: string;
  /** Epochs of a trial in full. */
  readonly maxEpochs: number;
  /** What else must be equal for a search to go on: the data set, the settings that are not searched. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** Whether a searched name has a meaning for this kind. */
  readonly uses: (name: string) => boolean;
  /** The complete settings of the section with a trial's values. */
  configure(values: TrialValues, epochs?: number): ParamsTree;
  /** Trains and scores. Failures that are the configuration's own come back as such; any other error is thrown. */
  evaluate(request: TrialRequest): Promise<TrialOutcome>;
}

/** `settings` with dotted names (`section.group.key`, the section's name left off) set to new values. */
export function withValues(settings: ParamsTree, values: TrialValues): ParamsTree {
  let changed = settings;
  for (const [name, value] of Object.entries(values)) changed = withValue(changed, name.split('.').slice(1), value);
  return changed;
}

function withValue(tree: ParamsTree, [key, ...rest]: readonly string[], value: unknown): ParamsTree {
  if (key === undefined) return tree;
  return { ...tree, [key]: rest.length === 0 ? value : withValue((tree[key] ?? {}) as ParamsTree, rest, value) };
}
