// pawprint data download: a public data set from its official address into class folders.
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { formatDownload } from './data-import-text.ts';

export default defineCommand({
  name: 'data download',
  summary: 'get a public data set of cats and dogs and import it',
  description:
    "Downloads Microsoft's Cats and Dogs (25,000 photos, 825 MB) or the Oxford-IIIT Pet photos (7,390, 792 MB) from the " +
    'publisher, checks the archive against its sha256, and imports it. A download that was stopped is gone on with by ' +
    'typing the same command again. From an address of your own (--url) the sum is checked against --sha256, or against ' +
    'the one recorded the first time.',
  examples: [
    'pawprint data download cats-vs-dogs --to data/raw',
    'pawprint data download oxford-pets --to data/raw --keep-archive',
    'pawprint data download cats-vs-dogs --to data/raw --url https://mirror.example/kagglecatsanddogs_5340.zip',
  ],
  positionals: [{ name: 'dataset', description: 'cats-vs-dogs or oxford-pets', required: true }],
  options: z.strictObject({
    to: z.string().min(1).describe('target folder'),
    keepArchive: z.boolean().default(false).describe('keep the archive beside the target folder'),
    url: z.string().optional().describe('another address of the archive'),
    sha256: z.string().optional().describe('checksum that the archive must have, 64 hexadecimal digits'),
  }),
  run: async ({ positionals, options, context }) => {
    const { downloadDataset } = await import('../../data/index.ts');
    const result = await downloadDataset({
      dataset: positionals.dataset[0] ?? '',
      to: options.to,
      cwd: context.cwd,
      keepArchive: options.keepArchive,
      ...(options.url === undefined ? {} : { url: options.url }),
      ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }),
      progress: context.progress,
      signal: context.signal,
    });
    return { json: result, text: formatDownload(result, options.to) };
  },
});
