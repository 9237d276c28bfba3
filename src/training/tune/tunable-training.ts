// The kinds that are trained from scratch, as a search sees them: a trial is an ordinary run of train().
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PawprintError, writeJsonAtomic } from '../../core/index.ts';
import { readCheckpoint } from '../checkpoint.ts';
import { type EpochRecord, historyPath } from '../history.ts';
import { trainParamsSchema, type TrainParams } from '../params.ts';
import { checkpointDirectory, train, type TrainOptions } from '../train.ts';
import { type Tunable, type TrialOutcome, type TrialRequest, withValues } from './tunable.ts';
import type { TrialValues } from './sample.ts';

export type TunableTrainingOptions = Pick<TrainOptions, 'kind' | 'params' | 'dataset' | 'device' | 'lineage'>;

/** Errors that say that these settings do not work, while others may. */
const failuresOfSettings: ReadonlySet<string> = new Set(['TRAINING_DIVERGED', 'GRAPH_INVALID']);

/** A cnn or a logistic regression whose searched values lie in `train`. */
export function tunableTraining(options: TunableTrainingOptions): Tunable {
  const { kind, params, dataset } = options;
  const configure = (values: TrialValues, epochs?: number): TrainParams => {
    const settings = withValues(params, values);
    return trainParamsSchema.parse(epochs === undefined ? settings : { ...settings, epochs });
  };
  const { threads: _threads, ...learning } = params;
  return {
    kind,
    section: 'train',
    maxEpochs: params.epochs,
    identity: { dataset: dataset.manifest.datasetMd5, train: learning },
    uses: (name) => name.startsWith('train.') && (kind === 'cnn' || !name.startsWith('train.cnn.')),
    configure,
    evaluate: (request) => trainTrial(request, options, configure(request.values, request.epochs)),
  };
}

async function trainTrial(
  request: TrialRequest,
  options: TunableTrainingOptions,
  params: TrainParams,
): Promise<TrialOutcome> {
  const { seed, out, progress, signal, onEpoch } = request;
  const resume = existsSync(checkpointDirectory(out));
  try {
    const { metadata, history } = await train({ ...options, params, seed, out, resume, progress, signal, onEpoch });
    const { 'validation.loss': logLoss = Infinity, 'validation.accuracy': accuracy = 0 } = metadata.metrics;
    if (Number.isFinite(logLoss)) return { status: 'done', logLoss, accuracy, epochsTrained: history.length };
    return { status: 'failed', reason: 'the validation loss is not finite', epochsTrained: history.length };
  } catch (error) {
    if (!(error instanceof PawprintError) || !failuresOfSettings.has(error.code)) throw error;
    const history = await historyOfCheckpoint(out);
    await writeJsonAtomic(historyPath(out), history);
    // Not the message: it names the checkpoint, which does not outlive the trial.
    const what = error.received ?? error.message;
    return { status: 'failed', reason: `${error.code}: ${what}`, epochsTrained: history.length };
  }
}

/** The epochs that a failed run finished. */
async function historyOfCheckpoint(out: string): Promise<readonly EpochRecord[]> {
  const last = join(checkpointDirectory(out), 'last.safetensors');
  return existsSync(last) ? (await readCheckpoint(last)).header.history : [];
}
