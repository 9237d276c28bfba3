// `pawprint train cnn|logistic-regression`: a network from scratch on a prepared data set.
import { resolve } from 'node:path';
import type { ModelMetadata } from '../../models/index.ts';
import type { CommandContext, WholeResult } from '../command.ts';
import { loadSection } from '../project-params.ts';
import { describeConfidence, lineageOf, modelPath, type TrainingOptions } from './train-model.ts';

interface Options extends TrainingOptions {
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly lr?: number | undefined;
  readonly device?: 'cpu' | 'cuda' | 'webgpu' | 'coreml' | 'directml' | undefined;
  readonly resume: boolean;
}

export async function runFromScratch(
  kind: 'cnn' | 'logistic-regression',
  options: Options,
  context: CommandContext,
): Promise<WholeResult> {
  const { openPreparedDataset } = await import('../../data/index.ts');
  const { confidenceParamsSchema, train, trainParamsSchema } = await import('../../training/index.ts');
  const { epochs, batchSize, lr, threads } = options;
  const { seed, settings } = await loadSection('train', trainParamsSchema, {
    cwd: context.cwd,
    options,
    flags: { epochs, batchSize, lr, threads },
  });
  const { settings: confidence } = await loadSection('confidence', confidenceParamsSchema, {
    cwd: context.cwd,
    options,
  });
  const out = options.out ?? `models/${kind}.onnx`;
  const dataset = await openPreparedDataset(resolve(context.cwd, options.data));
  try {
    const result = await train({
      kind,
      params: settings,
      confidence,
      seed,
      dataset,
      out: modelPath(context.cwd, out),
      resume: options.resume,
      device: options.device ?? 'cpu',
      lineage: await lineageOf(context, { command: `pawprint train ${kind}`, seed }),
      progress: context.progress,
      signal: context.signal,
    });
    const { metadata, history, ...rest } = result;
    return {
      json: { ...rest, kind, metrics: metadata.metrics, history },
      text: describe(out, result),
    };
  } finally {
    dataset.close();
  }
}

function describe(
  out: string,
  result: {
    metadata: ModelMetadata;
    history: readonly { validationAccuracy: number; validationLoss: number }[];
    parameterCount: number;
    stoppedEarly: boolean;
  },
): string {
  const last = result.history.at(-1);
  const lines = [
    `wrote ${out} (${result.parameterCount.toLocaleString('en')} parameters, ${result.history.length} epochs${result.stoppedEarly ? ', stopped early' : ''})`,
  ];
  if (last !== undefined)
    lines.push(
      `validation accuracy ${(100 * last.validationAccuracy).toFixed(1)} %, loss ${last.validationLoss.toFixed(4)}`,
    );
  lines.push(describeConfidence(result.metadata));
  lines.push(`next: pawprint evaluate --model ${out} --split test`);
  return lines.join('\n');
}
