// pawprint data sample: drawn cats and dogs, for trying everything without a network or photos.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineCommand } from '../command.ts';

export default defineCommand({
  name: 'data sample',
  summary: 'draw a data set of cats and dogs, without network or photos',
  description:
    'Draws pictures of cats and dogs into DIR/cats and DIR/dogs: drawings made by Pawprint, not photos (CC0). Pose, ears, ' +
    'snout, fur, scale, place, background, light and JPEG quality vary, so that telling them apart takes a real model. ' +
    'The same seed gives the same bytes; a larger count begins with the pictures of a smaller one. A run that was ' +
    'stopped is gone on with by typing the same command again.',
  examples: ['pawprint data sample --to data/raw', 'pawprint data sample --to data/drawn --count 5000 --seed 7'],
  options: z.strictObject({
    to: z.string().min(1).describe('target folder'),
    count: z.coerce
      .number()
      .int()
      .min(2)
      .max(10_000_000)
      .default(600)
      .describe('pictures in all, half cats, half dogs'),
    seed: z.coerce.number().int().default(1).describe('whole number; another seed draws other pictures'),
  }),
  run: async ({ options, context }) => {
    const { writeSampleDataset } = await import('../../data/index.ts');
    const { progress, signal, cwd } = context;
    const to = resolve(cwd, options.to);
    const result = await writeSampleDataset({ to, count: options.count, seed: options.seed, progress, signal });
    const { counts, written, kept } = result;
    const there = kept === 0 ? '' : ` (${kept} were there already)`;
    return {
      json: { ...result, drawn: true },
      text:
        `Drew ${written} pictures${there}: ${counts.cats} cats and ${counts.dogs} dogs in ${options.to}\n` +
        `They are drawings, not photos. Next: pawprint data check ${options.to}`,
    };
  },
});
