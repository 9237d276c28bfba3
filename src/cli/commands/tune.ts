// pawprint tune: search for better parameters of a model, trial by trial.
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import type { SearchResult, TuneParams } from '../../training/index.ts';
import { defineCommand } from '../command.ts';
import { loadSection, paramsFlags } from '../project-params.ts';
import { lineageOf } from './train-model.ts';

const kinds = ['cnn', 'logistic-regression'] as const;
type Kind = (typeof kinds)[number];

export default defineCommand({
  name: 'tune',
  summary: 'search for better parameters: random search or successive halving',
  description:
    'Draws configurations from the ranges in the tune section of params.yaml, trains each like pawprint train, and ' +
    'ranks them by their validation scores (the test split is not looked at). successive-halving gives every trial a ' +
    'few epochs, and the best of them ever more. Each finished trial is on the disk: after an interruption, kill -9 ' +
    'included, the same command with --resume goes on where it stopped. Leaves the best model, its parameters, the ' +
    'table of trials and a page with a chart for each parameter.',
  examples: [
    'pawprint tune cnn --data data/prepared --out reports/tune',
    'pawprint tune cnn --method random --trials 20 --set train.epochs=15',
    'pawprint tune cnn --set "tune.space.train.lr={min: 0.001, max: 0.01, scale: log}"',
    'pawprint tune logistic-regression --metric accuracy --max-minutes 30',
    'pawprint tune cnn --resume',
  ],
  positionals: [{ name: 'model', description: `what to train: ${kinds.join(' or ')} (default: cnn)` }],
  options: z.strictObject({
    data: z.string().default('data/prepared').describe('prepared data set'),
    out: z.string().default('reports/tune').describe('folder for the trials, the best model and the report'),
    ...paramsFlags,
    trials: z.coerce.number().int().min(1).optional().describe('configurations that are drawn (tune.trials)'),
    method: z.enum(['random', 'successive-halving']).optional().describe('how the epochs are spent (tune.method)'),
    metric: z.enum(['log-loss', 'accuracy']).optional().describe('what trials are ranked by (tune.metric)'),
    threads: z.coerce
      .number()
      .int()
      .min(0)
      .optional()
      .describe('threads of the engine; 1: repeatable to the bit (train.threads)'),
    device: z.enum(['cpu', 'cuda', 'webgpu', 'coreml', 'directml']).default('cpu').describe('where to train'),
    maxMinutes: z.coerce.number().positive().optional().describe('start no trial after this time; --resume goes on'),
    resume: z.boolean().default(false).describe('go on with the search in the folder --out'),
  }),
  run: async ({ positionals, options, context }) => {
    const kind = kindOf(positionals.model[0]);
    const { openPreparedDataset } = await import('../../data/index.ts');
    const { search, toSearchJson, trainParamsSchema, tunableTraining, tuneParamsSchema, writeSearchReport } =
      await import('../../training/index.ts');
    const { trials, method, metric, threads } = options;
    const source = { cwd: context.cwd, options };
    const { seed, settings } = await loadSection('tune', tuneParamsSchema, {
      ...source,
      flags: { trials, method, metric },
    });
    const train = await loadSection('train', trainParamsSchema, { ...source, flags: { threads } });
    const directory = resolve(context.cwd, options.out);
    const dataset = await openPreparedDataset(resolve(context.cwd, options.data));
    try {
      const lineage = await lineageOf(context, { command: `pawprint tune ${kind}`, seed });
      const tunable = tunableTraining({ kind, params: train.settings, dataset, device: options.device, lineage });
      const result = await search({
        tunable,
        settings,
        seed,
        directory,
        resume: options.resume,
        ...(options.maxMinutes === undefined ? {} : { maxSeconds: 60 * options.maxMinutes }),
        nowMs: () => context.now().getTime(),
        progress: context.progress,
        signal: context.signal,
      });
      const report = { result, settings, seed, tunable, command: trainCommand(kind, options) };
      await writeSearchReport(report, directory);
      return {
        json: { ...toSearchJson(report), directory, modelPath: result.modelPath },
        text: await describe(report, options.out),
      };
    } finally {
      dataset.close();
    }
  },
});

function kindOf(word: string | undefined): Kind {
  const kind = kinds.find((name) => name === (word ?? 'cnn'));
  if (kind !== undefined) return kind;
  throw new PawprintError('USAGE', {
    message: `pawprint tune cannot search for ${word ?? ''}`,
    expected: kinds.join(' or '),
    received: word ?? '',
    hint: 'Run `pawprint tune --help`.',
  });
}

function trainCommand(kind: Kind, options: { data: string; out: string; device: string }): string {
  const words = ['pawprint', 'train', kind, '--data', options.data, '--params', join(options.out, 'best-params.yaml')];
  const device = options.device === 'cpu' ? [] : ['--device', options.device];
  return [...words, ...device, '--out', `models/${kind}.onnx`].map(quoted).join(' ');
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

async function describe(
  { result, settings, command }: { result: SearchResult; settings: TuneParams; command: string },
  out: string,
): Promise<string> {
  const { alignColumns } = await import('../../inference/index.ts');
  const { resultTable } = await import('../../training/index.ts');
  const { columns, rows } = resultTable(result);
  const failed = result.ranked.filter(({ status }) => status === 'failed').length;
  const lines = [
    ...alignColumns([columns, ...rows]),
    '',
    `${result.ranked.length} trials (${settings.method}), ${result.epochsTrained.toLocaleString('en-US')} epochs in all` +
      (failed === 0 ? '' : `, ${failed} failed`),
    'scores are on the validation split that the search chose by: they flatter',
  ];
  if (!result.complete) lines.push(`the time was up: the same command with --resume goes on`);
  if (result.best !== null)
    lines.push(
      `best: trial ${result.best.trial}, its model in ${join(out, 'best.onnx')}, charts in ${join(out, 'index.html')}`,
      `train it again: ${command}`,
    );
  return lines.join('\n');
}
