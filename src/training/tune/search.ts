// A search, told from start to end: open or go on, plan the rungs, train trial after trial, write each down, keep the
// best model. What comes next follows from the settings, the seed and the journal alone, so that a search broken
// anywhere goes on as if it had not been.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PawprintError, type Progress, writeFileAtomic } from '../../core/index.ts';
import { historyPath, type EpochRecord } from '../history.ts';
import { checkpointDirectory } from '../train.ts';
import { planRungs, type Rung } from './halving.ts';
import {
  type Journal,
  openJournal,
  readIdentity,
  requireSameSearch,
  type SearchIdentity,
  startJournal,
  writeIdentity,
} from './journal.ts';
import type { TuneParams } from './params.ts';
import { sampleTrial } from './sample.ts';
import { readSpace, type SearchRange } from './space.ts';
import { bestTrial, promote, rankTrials, type TrialRecord } from './trial-record.ts';
import type { TrialJob, Tunable } from './tunable.ts';

export interface SearchOptions {
  readonly tunable: Tunable;
  readonly settings: TuneParams;
  readonly seed: number;
  /** The search folder. */
  readonly directory: string;
  /** Go on with the search that `directory` holds, where it holds one. */
  readonly resume: boolean;
  /** No trial starts once this much time has gone by. */
  readonly maxSeconds?: number;
  readonly nowMs: () => number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Called once a finished trial is on the disk, e.g. to make it a tracked run. */
  readonly onTrial?: (record: TrialRecord) => void | Promise<void>;
  /** Called after each epoch of each trial. */
  readonly onEpoch?: (job: TrialJob, record: EpochRecord) => void | Promise<void>;
}

export interface SearchResult {
  readonly rungs: readonly Rung[];
  /** The parameters that were searched. */
  readonly names: readonly string[];
  /** One line for each trial and rung, in the order in which they were finished. */
  readonly records: readonly TrialRecord[];
  /** One record a trial, best first. */
  readonly ranked: readonly TrialRecord[];
  readonly best: TrialRecord | null;
  /** The best trial's model, copied to best.onnx; null where every trial failed. */
  readonly modelPath: string | null;
  /** False when the time was up before the last trial. */
  readonly complete: boolean;
  /** Epochs of all trials so far. */
  readonly epochsTrained: number;
}

interface Search {
  readonly options: SearchOptions;
  readonly ranges: readonly SearchRange[];
  readonly rungs: readonly Rung[];
  readonly journal: Journal;
  readonly records: TrialRecord[];
  readonly startedMs: number;
}

/**
 * Searches. Each rung trains its trials anew, because the learning rate's schedule ends with the last epoch: a trial
 * gone on from a shorter one would start with a rate that is used up. Throws ALREADY_EXISTS when the folder holds
 * finished trials and `resume` is off, CHECKPOINT_INVALID when it holds another search, CONFIG_INVALID when no range
 * concerns this kind, TRAINING_DIVERGED when every trial failed, CANCELLED when the signal aborts.
 */
export async function search(options: SearchOptions): Promise<SearchResult> {
  const { settings, directory, tunable } = options;
  const ranges = usedRanges(options);
  const rungs = rungsOf(settings, tunable.maxEpochs);
  if (settings.method === 'successive-halving' && rungs.length === 1)
    options.progress.line('too few trials or epochs to halve: every trial is trained in full');
  const journal = await openSearch(options, ranges);
  const records = [...journal.records];
  const run: Search = { options, ranges, rungs, journal, records, startedMs: options.nowMs() };
  await tidy(directory, records, bestTrial(records, settings.metric));
  const complete = await runRungs(run);
  const best = bestTrial(records, settings.metric);
  if (best === null && complete) throw allFailed(records);
  return {
    rungs,
    names: ranges.map(({ name }) => name),
    records,
    ranked: rankTrials(records, settings.metric),
    best,
    modelPath: best === null ? null : await keepBest(directory, best),
    complete,
    epochsTrained: records.reduce((sum, { epochsTrained }) => sum + epochsTrained, 0),
  };
}

function usedRanges({ settings, tunable, progress }: SearchOptions): SearchRange[] {
  const { ranges } = readSpace(settings.space);
  const used = ranges.filter(({ name }) => tunable.uses(name));
  const unused = ranges.filter(({ name }) => !tunable.uses(name)).map(({ name }) => name);
  if (used.length === 0)
    throw new PawprintError('CONFIG_INVALID', {
      message: `tune.space has nothing that changes ${tunable.kind}`,
      expected: `a range for a parameter of ${tunable.section}`,
      received: unused.join(', '),
    });
  if (unused.length > 0) progress.line(`not searched, as ${tunable.kind} does not use them: ${unused.join(', ')}`);
  return used;
}

function rungsOf({ method, trials, reductionFactor, minEpochs }: TuneParams, maxEpochs: number): Rung[] {
  switch (method) {
    case 'random':
      return [{ rung: 1, epochs: maxEpochs, trials }];
    case 'successive-halving':
      return planRungs({ trials, reductionFactor, minEpochs, maxEpochs });
  }
}

function identityOf({ tunable, settings, seed }: SearchOptions, ranges: readonly SearchRange[]): SearchIdentity {
  const { method, metric, trials, reductionFactor, minEpochs } = settings;
  return {
    schemaVersion: 1,
    kind: tunable.kind,
    seed,
    ...tunable.identity,
    tune: {
      method,
      metric,
      trials,
      ...(method === 'random' ? {} : { reductionFactor, minEpochs }),
      space: Object.fromEntries(ranges.map(({ name, path: _path, ...range }) => [name, range])),
    },
  };
}

async function openSearch(options: SearchOptions, ranges: readonly SearchRange[]): Promise<Journal> {
  const { directory, resume, progress, settings } = options;
  const identity = identityOf(options, ranges);
  const recorded = await readIdentity(directory);
  if (recorded !== null) {
    const journal = await openJournal(directory);
    if (resume) {
      requireSameSearch(allowMoreTrials(recorded, settings), identity);
      await writeIdentity(directory, identity);
      progress.line(`going on after ${journal.records.length} finished trials`);
      return journal;
    }
    if (journal.records.length > 0) throw alreadyThere(directory, journal.records.length);
    await rm(join(directory, 'trials'), { recursive: true, force: true });
  } else if (resume) progress.line(`no search in ${directory}: starting one`);
  // The journal first: a search.json must never stand beside the trials of another search.
  const journal = await startJournal(directory);
  await writeIdentity(directory, identity);
  return journal;
}

/** A random search can be made longer: its trials do not depend on how many there are. */
function allowMoreTrials(recorded: SearchIdentity, { method, trials }: TuneParams): SearchIdentity {
  const tune = recorded['tune'] as { readonly method?: unknown; readonly trials?: unknown } | undefined;
  const longer = method === 'random' && tune?.method === 'random' && Number(tune.trials) <= trials;
  return longer ? { ...recorded, tune: { ...tune, trials } } : recorded;
}

function alreadyThere(directory: string, count: number): PawprintError {
  return new PawprintError('ALREADY_EXISTS', {
    message: `${directory} holds a search with ${count} finished trials`,
    expected: 'a folder without a search, or --resume',
    received: `${count} finished trials`,
    hint: 'Go on with --resume, or start a new search in another folder (--out).',
  });
}

/** Runs what the journal does not have; false when the time is up before the end. */
async function runRungs(run: Search): Promise<boolean> {
  const { rungs, records, options } = run;
  let trials = Array.from({ length: rungs[0]?.trials ?? 0 }, (_, i) => i + 1);
  for (const { rung, epochs, trials: count } of rungs) {
    if (rung > 1)
      trials = promote(
        records.filter((record) => record.rung === rung - 1),
        options.settings.metric,
        count,
      );
    for (const trial of trials) {
      if (records.some((record) => record.trial === trial && record.rung === rung)) continue;
      if (isTimeUp(run)) return false;
      const values = sampleTrial(run.ranges, options.seed, trial);
      await runTrial(run, { trial, rung, epochs, values });
    }
  }
  return true;
}

function isTimeUp({ options, startedMs }: Search): boolean {
  return options.maxSeconds !== undefined && options.nowMs() - startedMs >= 1000 * options.maxSeconds;
}

async function runTrial({ options, rungs, journal, records }: Search, job: TrialJob): Promise<void> {
  const { directory, tunable, settings, seed, progress, signal, nowMs } = options;
  progress.line(describeJob(job, rungs));
  const startedMs = nowMs();
  const outcome = await tunable
    .evaluate({
      ...job,
      seed,
      out: trialModelPath(directory, job),
      progress,
      signal,
      onEpoch: (record) => options.onEpoch?.(job, record),
    })
    .catch((error: unknown) => {
      throw stoppedIn(error, job, records.length);
    });
  const { epochsTrained, status } = outcome;
  const scores =
    status === 'done'
      ? { logLoss: outcome.logLoss, accuracy: outcome.accuracy, failure: null }
      : { logLoss: null, accuracy: null, failure: outcome.reason };
  const { values, ...place } = job;
  // In the order of the record's schema, so that a record read back is written as before.
  const record = { ...place, epochsTrained, values, status, ...scores, seconds: (nowMs() - startedMs) / 1000 };
  await journal.append(record);
  const bestBefore = bestTrial(records, settings.metric);
  records.push(record);
  if (record.failure !== null) progress.line(`trial ${job.trial} failed: ${record.failure}`);
  await tidy(directory, bestBefore === null ? [record] : [bestBefore, record], bestTrial(records, settings.metric));
  await options.onTrial?.(record);
}

function describeJob({ trial, rung, epochs, values }: TrialJob, rungs: readonly Rung[]): string {
  const of = rungs.length === 1 ? ` of ${rungs[0]?.trials ?? 0}` : ` in rung ${rung} of ${rungs.length}`;
  const shown = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `trial ${trial}${of}, ${epochs} epochs: ${shown.join(' ')}`;
}

function stoppedIn(error: unknown, { trial, rung }: TrialJob, finished: number): unknown {
  if (!(error instanceof PawprintError) || error.code !== 'CANCELLED') return error;
  return new PawprintError('CANCELLED', {
    message: `the search was stopped in trial ${trial} (rung ${rung}); ${finished} trials are finished and kept`,
    hint: 'Go on with the same command and --resume.',
    cause: error,
  });
}

function allFailed(records: readonly TrialRecord[]): PawprintError {
  return new PawprintError('TRAINING_DIVERGED', {
    message: `all ${records.length} trials failed`,
    expected: 'at least one configuration that trains',
    received: records[0]?.failure ?? 'none',
    hint: 'Search lower rates: lower the max of train.lr in tune.space.',
  });
}

/** Where a trial's model goes; its history and checkpoints lie beside it. */
export function trialModelPath(directory: string, { trial, rung }: Pick<TrialJob, 'trial' | 'rung'>): string {
  const name = String(trial).padStart(3, '0');
  return join(directory, 'trials', name, `trial-${name}-rung-${rung}.onnx`);
}

/** Deletes the checkpoints of finished trials, and the models of all but the best; histories stay. */
async function tidy(directory: string, records: readonly TrialRecord[], best: TrialRecord | null): Promise<void> {
  for (const record of records) {
    const model = trialModelPath(directory, record);
    await rm(checkpointDirectory(model), { recursive: true, force: true });
    if (record.trial !== best?.trial || record.rung !== best.rung) await rm(model, { force: true });
  }
}

async function keepBest(directory: string, best: TrialRecord): Promise<string> {
  const [from, to] = [trialModelPath(directory, best), join(directory, 'best.onnx')];
  await writeFileAtomic(historyPath(to), await readFile(historyPath(from)));
  await writeFileAtomic(to, await readFile(from));
  return to;
}
