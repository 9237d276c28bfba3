// `pawprint train transfer`: a linear head on a pretrained backbone's features, from a prepared data set or a raw folder.
import { resolve } from 'node:path';
import type { TransferResult } from '../../training/index.ts';
import type { CommandContext, WholeResult } from '../command.ts';
import { loadSection } from '../project-params.ts';
import { describeConfidence, lineageOf, modelPath, type TrainingOptions } from './train-model.ts';

interface Options extends TrainingOptions {
  readonly backbone?: string | undefined;
  readonly cache?: string | undefined;
  readonly fineTune?: number | undefined;
  readonly mirrored: boolean;
}

/** Under the folder that the command runs in: features of any number of data sets. */
const defaultCache = '.pawprint/cache';

export async function runTransfer(options: Options, context: CommandContext): Promise<WholeResult> {
  const { listLabelledPhotos } = await import('../../data/index.ts');
  const { confidenceParamsSchema, trainTransfer, transferParamsSchema } = await import('../../training/index.ts');
  const { cwd, signal, progress } = context;
  const { threads } = options;
  const mirrored = options.mirrored ? true : undefined;
  const { seed, settings } = await loadSection('transfer', transferParamsSchema, {
    cwd,
    options,
    flags: { threads, mirrored, fineTuneBlocks: options.fineTune },
  });
  const { settings: confidence } = await loadSection('confidence', confidenceParamsSchema, { cwd, options });
  const out = options.out ?? 'models/transfer.onnx';
  const result = await trainTransfer({
    params: settings,
    confidence,
    seed,
    photos: await listLabelledPhotos(resolve(cwd, options.data), signal),
    backbonePath: options.backbone === undefined ? undefined : resolve(cwd, options.backbone),
    cacheDirectory: resolve(cwd, options.cache ?? defaultCache),
    out: modelPath(cwd, out),
    lineage: await lineageOf(context, { command: 'pawprint train transfer', seed }),
    progress,
    signal,
  });
  const {
    metadata,
    leftOut,
    fit: { strength, table, folds },
    ...rest
  } = result;
  return {
    json: {
      kind: 'transfer',
      ...rest,
      strength,
      table,
      folds,
      leftOut: leftOut.map(({ name, error }) => ({ name, code: error.code, message: error.message })),
      metrics: metadata.metrics,
      temperature: metadata.temperature,
      abstention: metadata.abstention ?? null,
      familiarity: metadata.familiarity ?? null,
    },
    text: describe(out, result, options.data),
  };
}

function describe(
  out: string,
  { metadata, photos, cached, leftOut, warnings, backbone, fit, fineTuning }: TransferResult,
  data: string,
): string {
  const { metrics } = metadata;
  const percent = (name: string): string => `${(100 * (metrics[name] ?? NaN)).toFixed(1)} %`;
  const lines = [
    `wrote ${out} (${backbone.name} with a linear head, ${photos.toLocaleString('en')} photos, ${cached === 0 ? 'none' : cached.toLocaleString('en')} of them from the cache)`,
    `held-out accuracy ${percent('crossValidation.accuracy')} (${fit.folds} folds), log loss ${(metrics['crossValidation.logLoss'] ?? NaN).toFixed(4)}, regularisation ${fit.strength.toPrecision(2)}`,
    ...leftOut.slice(0, 5).map(({ name, error }) => `left out ${name}: ${error.message}`),
    ...(leftOut.length > 5 ? [`left out ${leftOut.length - 5} more`] : []),
    ...(fineTuning === null ? [] : [describeFineTuning(fineTuning)]),
    describeConfidence(metadata),
    ...warnings.map((warning) => `note: ${warning}`),
    `next: pawprint evaluate --model ${out} --data ${data}`,
  ];
  return lines.join('\n');
}

function describeFineTuning({
  history,
  keptEpoch,
  trainedParameters,
}: NonNullable<TransferResult['fineTuning']>): string {
  const [before, kept] = [history[0], history.find(({ epoch }) => epoch === keptEpoch)];
  const change = [before, kept].map((row) => (row?.validationLoss ?? NaN).toFixed(4)).join(' to ');
  return `fine-tuned ${trainedParameters.toLocaleString('en')} parameters, kept epoch ${keptEpoch} of ${history.length - 1}: validation loss ${change}, accuracy ${(100 * (kept?.validationAccuracy ?? NaN)).toFixed(1)} %`;
}
