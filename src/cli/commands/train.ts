// pawprint train: from photos to a model file. Two ways: from scratch on a prepared data set (train-from-scratch.ts), or
// a head on a pretrained backbone (train-transfer.ts). Flags that the chosen way does not know are usage errors.
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import { defineCommand } from '../command.ts';
import { flagOf } from '../options.ts';
import { paramsFlags } from '../project-params.ts';

const kinds = ['cnn', 'logistic-regression', 'transfer'] as const;
type Kind = (typeof kinds)[number];

const positiveInt = z.coerce.number().int().min(1);

/** Flags of one way only; a flag that is in neither list belongs to both. */
const ownFlags = {
  scratch: ['epochs', 'batchSize', 'lr', 'device', 'resume'],
  transfer: ['backbone', 'cache', 'fineTune', 'mirrored'],
} as const;

export default defineCommand({
  name: 'train',
  summary: 'train a model: transfer from a pretrained backbone, or a network from scratch',
  description:
    'transfer computes the features of a pretrained backbone once a photo (kept by content, so a second run takes ' +
    'seconds), fits a linear head and chooses its regularisation by cross-validation over the train and validation ' +
    'photos; --data may be a prepared data set or a raw folder. cnn and logistic-regression are trained from scratch ' +
    'on a prepared data set; a checkpoint is written after each epoch, and after an interruption the same command with ' +
    '--resume ends in the same weights as an unbroken run. Each writes one ONNX file. Parameters come from the ' +
    'sections transfer, train and confidence of params.yaml; flags and --set go before them.',
  examples: [
    'pawprint train transfer --data data/prepared --out models/transfer.onnx',
    'pawprint train transfer --data my-dozen-photos --out models/mine.onnx',
    'pawprint train transfer --backbone efficientnet-lite0.onnx --fine-tune 3',
    'pawprint train cnn --data data/prepared --out models/cnn.onnx',
    'pawprint train cnn --epochs 60 --set train.lr=0.002 --set train.augment.cutoutFraction=0.3',
    'pawprint train logistic-regression --out models/logistic-regression.onnx --threads 1 --seed 7',
    'pawprint train cnn --resume',
  ],
  positionals: [{ name: 'model', description: `what to train: ${kinds.join(', ')} (default: cnn)` }],
  options: z.strictObject({
    data: z.string().default('data/prepared').describe('prepared data set; for transfer a raw folder will do'),
    out: z.string().optional().describe('model file to write (default: models/<model>.onnx)'),
    ...paramsFlags,
    threads: z.coerce
      .number()
      .int()
      .min(0)
      .optional()
      .describe('threads of the engine; 1: repeatable to the bit (train.threads, transfer.threads)'),
    epochs: positiveInt.optional().describe('from scratch: passes over the training photos (train.epochs)'),
    batchSize: positiveInt.optional().describe('from scratch: photos a step (train.batchSize)'),
    lr: z.coerce.number().positive().optional().describe('from scratch: peak learning rate (train.lr)'),
    device: z
      .enum(['cpu', 'cuda', 'webgpu', 'coreml', 'directml'])
      .optional()
      .describe('from scratch: where to train; cpu unless told'),
    resume: z.boolean().default(false).describe('from scratch: go on from the last checkpoint of this very run'),
    backbone: z
      .string()
      .optional()
      .describe('transfer: ONNX file of a pretrained backbone; the one in the box unless told'),
    cache: z.string().optional().describe('transfer: folder that keeps features; .pawprint/cache unless told'),
    fineTune: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe('transfer: train the last so many blocks of the backbone too (transfer.fineTuneBlocks)'),
    mirrored: z.boolean().default(false).describe('transfer: learn from mirror images too (transfer.mirrored)'),
  }),
  run: async ({ positionals, options, context }) => {
    const kind = kindOf(positionals.model[0]);
    refuseForeignFlags(kind, options);
    const { threads, ...rest } = options;
    if (kind === 'transfer') {
      const { runTransfer } = await import('./train-transfer.ts');
      return runTransfer({ ...rest, threads }, context);
    }
    const { runFromScratch } = await import('./train-from-scratch.ts');
    return runFromScratch(kind, { ...rest, threads }, context);
  },
});

function kindOf(word: string | undefined): Kind {
  const kind = kinds.find((name) => name === (word ?? 'cnn'));
  if (kind !== undefined) return kind;
  throw new PawprintError('USAGE', {
    message: `there is no model called ${word ?? ''}`,
    expected: kinds.join(', '),
    received: word ?? '',
    hint: 'Run `pawprint train --help`.',
  });
}

function refuseForeignFlags(kind: Kind, options: Readonly<Record<string, unknown>>): void {
  const foreign = kind === 'transfer' ? ownFlags.scratch : ownFlags.transfer;
  const given = foreign.find((name) => options[name] !== undefined && options[name] !== false);
  if (given === undefined) return;
  throw new PawprintError('USAGE', {
    message: `${flagOf(given)} means nothing to \`pawprint train ${kind}\``,
    expected:
      kind === 'transfer'
        ? '--backbone, --cache, --fine-tune, --mirrored, --threads'
        : '--epochs, --batch-size, --lr, --device, --resume, --threads',
    received: flagOf(given),
    hint: 'Leave it out; `pawprint train --help` says which flag belongs to which model.',
  });
}
