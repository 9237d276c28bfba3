// pawprint data import: photos from folders, archives and CSVs into class folders.
import { z } from 'zod';
import { PawprintError } from '../../core/index.ts';
import { defineCommand } from '../command.ts';
import { formatImport } from './data-import-text.ts';

const limit = z.number().positive();

export default defineCommand({
  name: 'data import',
  summary: 'bring photos into class folders, from folders, zip, tar.gz or CSV',
  description:
    'Brings photos into class folders (DIR/cats, DIR/dogs, or DIR/train/cats … where the source has splits). Each source ' +
    "is recognised by itself: class folders; Kaggle's cat.0.jpg; Oxford-IIIT Pet's Abyssinian_12.jpg; a zip, tar or " +
    'tar.gz of those; a CSV of path,label[,split]. Photos are copied byte for byte, broken ones too: "pawprint data ' +
    'check" finds them. A run that was stopped is gone on with by typing the same command again.',
  examples: [
    'pawprint data import photos --to data/raw',
    'pawprint data import train.zip --to data/raw',
    'pawprint data import PetImages.zip --to data/raw --rename Cat=cats --rename Dog=dogs',
    'pawprint data import labels.csv more-photos/ --to data/raw --split train --merge',
  ],
  positionals: [{ name: 'source', description: 'folder, zip, tar(.gz) or CSV', variadic: true, required: true }],
  options: z.strictObject({
    to: z.string().min(1).describe('target folder'),
    layout: z
      .enum(['folders', 'flat', 'oxford', 'csv'])
      .optional()
      .describe('how labels are given, where it is not to be recognised'),
    rename: z.array(z.string()).default([]).describe('a class by another name: Cat=cats'),
    only: z.array(z.string()).default([]).describe('take this class only'),
    split: z.enum(['train', 'validation', 'test']).optional().describe('the split of photos whose source has none'),
    merge: z.boolean().default(false).describe('add to photos that are in the target already'),
    overwrite: z.boolean().default(false).describe('replace photos that are in the target already'),
    maxEntries: limit.int().optional().describe('archives: most entries; 2,000,000 unless told'),
    maxEntryBytes: limit.int().optional().describe('archives: most bytes of one photo; 256 MiB unless told'),
    maxTotalBytes: limit.int().optional().describe('archives: most bytes unpacked; 256 GiB unless told'),
    maxRatio: limit.optional().describe('archives: most unpacked bytes per packed byte; 100 unless told'),
  }),
  run: async ({ positionals, options, context }) => {
    const { importPhotos } = await import('../../data/index.ts');
    if (options.merge && options.overwrite)
      throw new PawprintError('USAGE', {
        message: '--merge and --overwrite do not go together',
        hint: '--merge adds to what is in the target, --overwrite replaces it: give one of them.',
      });
    const { maxEntries, maxEntryBytes, maxTotalBytes, maxRatio } = options;
    const result = await importPhotos({
      sources: positionals.source,
      to: options.to,
      cwd: context.cwd,
      ...(options.layout === undefined ? {} : { layout: options.layout }),
      ...(options.split === undefined ? {} : { split: options.split }),
      rename: parseRenames(options.rename),
      only: options.only,
      existing: options.merge ? 'merge' : options.overwrite ? 'overwrite' : 'refuse',
      limits: withoutUndefined({ maxEntries, maxEntryBytes, maxTotalBytes, maxRatio }),
      progress: context.progress,
      signal: context.signal,
    });
    return { json: result, text: formatImport(result, options.to) };
  },
});

function withoutUndefined<Key extends string>(values: Record<Key, number | undefined>): Partial<Record<Key, number>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<Key, number>
  >;
}

function parseRenames(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [from, to, ...more] = pair.split('=');
      if (from === undefined || from === '' || to === undefined || to === '' || more.length > 0)
        throw new PawprintError('USAGE', {
          message: `--rename ${pair} is not understood`,
          expected: 'old=new, for example --rename Cat=cats',
          received: pair,
        });
      return [from, to];
    }),
  );
}
