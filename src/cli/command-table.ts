// Every command, by the words that call it, each loaded only when it is needed. A new command is one file in
// commands/ and one line here.
import type { Command } from './command.ts';

export type CommandLoader = () => Promise<{ readonly default: Command }>;

export const commandTable: Readonly<Record<string, CommandLoader>> = {
  'data sample': () => import('./commands/data-sample.ts'),
  'data import': () => import('./commands/data-import.ts'),
  'data download': () => import('./commands/data-download.ts'),
  'data check': () => import('./commands/data-check.ts'),
  'data prepare': () => import('./commands/data-prepare.ts'),
  train: () => import('./commands/train.ts'),
  tune: () => import('./commands/tune.ts'),
  evaluate: () => import('./commands/evaluate.ts'),
  predict: () => import('./commands/predict.ts'),
  serve: () => import('./commands/serve.ts'),
  'smoke-test': () => import('./commands/smoke-test.ts'),
  'bench-serve': () => import('./commands/bench-serve.ts'),
  explain: () => import('./commands/explain.ts'),
  'api-key create': () => import('./commands/api-key-create.ts'),
  'api-key list': () => import('./commands/api-key-list.ts'),
  'api-key revoke': () => import('./commands/api-key-revoke.ts'),
};
