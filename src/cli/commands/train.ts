// pawprint train: from a prepared data set to a model file.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { loadSection, paramsFlags } from '../project-params.ts';

const kinds = ['cnn', 'logistic-regression'] as const;

export default defineCommand({
  name: 'train',
  summary: 'train a model from scratch on a prepared data set',
  description:
    'Trains a convolutional network or a logistic regression and writes one ONNX file. Parameters come from the ' +
    'train section of params.yaml; flags and --set go before it. A checkpoint is written after each epoch: after an ' +
    'interruption the same command with --resume ends in the same weights as an unbroken run.',
  examples: [
    'pawprint train cnn --data data/prepared --out models/cnn.onnx',
    'pawprint train cnn --epochs 60 --set train.lr=0.002 --set train.augment.cutoutFraction=0.3',
    'pawprint train logistic-regression --out models/logistic-regression.onnx --threads 1 --seed 7',
    'pawprint train cnn --resume',
  ],
  positionals: [{ name: 'model', description: `what to train: ${kinds.join(' or ')} (default: cnn)` }],
  options: z.strictObject({
    data: z.string().default('data/prepared').describe('prepared data set'),
    out: z.string().optional().describe('model file to write (default: models/<model>.onnx)'),
    ...paramsFlags,
    epochs: z.coerce.number().int().min(1).optional().describe('passes over the training photos (train.epochs)'),
    batchSize: z.coerce.number().int().min(1).optional().describe('photos a step (train.batchSize)'),
    lr: z.coerce.number().positive().optional().describe('peak learning rate (train.lr)'),
    threads: z.coerce
      .number()
      .int()
      .min(0)
      .optional()
      .describe('threads of the engine; 1: repeatable to the bit (train.threads)'),
    device: z.enum(['cpu', 'cuda', 'webgpu', 'coreml', 'directml']).default('cpu').describe('where to train'),
    resume: z.boolean().default(false).describe('go on from the last checkpoint of this very run'),
  }),
  run: async ({ positionals, options, context }) => {
    const kind = kindOf(positionals.model[0]);
    const { openPreparedDataset } = await import('../../data/index.ts');
    const { train, trainParamsSchema } = await import('../../training/index.ts');
    const { epochs, batchSize, lr, threads } = options;
    const { seed, settings } = await loadSection('train', trainParamsSchema, {
      cwd: context.cwd,
      options,
      flags: { epochs, batchSize, lr, threads },
    });
    const out = options.out ?? `models/${kind}.onnx`;
    const dataset = await openPreparedDataset(resolve(context.cwd, options.data));
    try {
      const result = await train({
        kind,
        params: settings,
        seed,
        dataset,
        out: modelPath(context.cwd, out),
        resume: options.resume,
        device: options.device,
        lineage: await lineageOf(context, { kind, seed }),
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
  },
});

function kindOf(word: string | undefined): (typeof kinds)[number] {
  const kind = kinds.find((name) => name === (word ?? 'cnn'));
  if (kind !== undefined) return kind;
  throw new PawprintError('USAGE', {
    message: `there is no model called ${word ?? ''}`,
    expected: kinds.join(' or '),
    received: word ?? '',
    hint: 'Run `pawprint train --help`.',
  });
}

function modelPath(cwd: string, out: string): string {
  if (out.endsWith('.onnx')) return resolve(cwd, out);
  throw new PawprintError('USAGE', {
    message: 'the model file must end in .onnx',
    expected: '--out models/name.onnx',
    received: `--out ${out}`,
  });
}

/** Who made the model, from what: goes into its metadata. */
async function lineageOf(context: CommandContext, { kind, seed }: { kind: string; seed: number }) {
  const commit = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: context.cwd }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
  return {
    createdAt: context.now().toISOString(),
    pawprintVersion: context.version,
    gitCommit: commit,
    command: `pawprint train ${kind}`,
    seed,
  };
}

function describe(
  out: string,
  result: {
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
  lines.push(`next: pawprint evaluate --model ${out} --split test`);
  return lines.join('\n');
}
