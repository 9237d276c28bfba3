// pawprint data check: what is wrong with a folder of photos, before anything is trained on it.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand } from '../command.ts';

export default defineCommand({
  name: 'data check',
  summary: 'find broken, doubled, leaking and odd photos',
  description:
    'Reads every photo of DIR/<class>/… or DIR/{train,validation,test}/<class>/… once and reports what is wrong: files that ' +
    'cannot be decoded, duplicates and near duplicates (also across splits and classes), dark, light, blurry, empty, tiny, ' +
    'huge and otherwise odd ones, and classes that are empty or out of balance. Exit code 3 when a gate is broken: by ' +
    'default more than 1 % of the photos undecodable, unreadable, truncated or empty, a duplicate across splits, the same ' +
    'file in two classes, a class without photos. Nothing in DIR is changed.',
  examples: [
    'pawprint data check data/raw',
    'pawprint data check data/raw --html check.html',
    'pawprint data check data/raw --json --threshold dark=0.3 --gate blurry=5% --gate near-duplicates-across-splits=off',
  ],
  positionals: [{ name: 'directory', description: 'data folder', required: true }],
  options: z.strictObject({
    html: z.string().min(1).optional().describe('write a page that shows the pictures of each finding'),
    threshold: z.array(z.string()).default([]).describe('finding=number, where a finding begins'),
    gate: z.array(z.string()).default([]).describe('finding=off, =N (at most N) or =N% (of all photos)'),
    workers: z.coerce.number().int().min(1).max(256).optional().describe('threads; every core unless told'),
  }),
  run: async ({ positionals, options, context }) => {
    const { checkDataset, checkSettings, formatCheck } = await import('../../data/index.ts');
    const { cwd, progress, signal, version, now } = context;
    const [name = '.'] = positionals.directory;
    const footer = `pawprint ${version}, data check, ${now().toISOString().slice(0, 10)}`;
    const result = await checkDataset({
      directory: resolve(cwd, name),
      name,
      settings: checkSettings({ thresholds: options.threshold, gates: options.gate }),
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      ...(options.html === undefined ? {} : { html: { path: resolve(cwd, options.html), footer } }),
      progress,
      signal,
    });
    return {
      json: { ...result, html: options.html ?? null },
      text: formatCheck(result, { htmlPath: options.html }),
      exitCode: result.passed ? 0 : 3,
    };
  },
});
