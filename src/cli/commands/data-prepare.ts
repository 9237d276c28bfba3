// pawprint data prepare: from a folder of photos to a split, decoded data set that every later stage reads.
import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { prepareFlagsSchema } from '../../data/index.ts';
import type { PrepareResult } from '../../data/index.ts';
import { defineCommand } from '../command.ts';
import { loadSection, paramsFlags } from '../project-params.ts';

export default defineCommand({
  name: 'data prepare',
  summary: 'split the photos and decode them once, for training',
  description:
    'Decodes every photo once, on every core, keeps look-alikes in one split, and writes manifest and shards. Split ' +
    'folders (train/, test/) keep their photos; validation is then carved from train. A run that was interrupted goes ' +
    'on where it stood; one that has nothing to do says so. Parameters: section prepare of params.yaml, then flags.',
  examples: [
    'pawprint data prepare --data data/raw --to data/prepared',
    'pawprint data prepare --image-size-px 128 --to data/prepared-128',
    'pawprint data prepare --validation-fraction 0.15 --test-fraction 0.15 --seed 7',
  ],
  options: z.strictObject({
    data: z.string().default('data/raw').describe('folder of photos, one folder for each class'),
    to: z.string().default('data/prepared').describe('folder of the prepared data set'),
    ...paramsFlags,
    ...prepareFlagsSchema.shape,
    workers: z.int().min(1).max(1024).optional().describe('threads; every core unless told; changes no result'),
    rebuild: z.boolean().default(false).describe('decode everything again, even what has not changed'),
  }),
  run: async ({ options, context }) => {
    const { prepareDataset, prepareParamsSchema } = await import('../../data/index.ts');
    const { data, to, params, set, seed: seedFlag, workers, rebuild, ...flags } = options;
    const source = { cwd: context.cwd, options: { params, set, seed: seedFlag }, flags };
    const { seed, settings } = await loadSection('prepare', prepareParamsSchema, source);
    const result = await prepareDataset({
      source: resolve(context.cwd, data),
      target: resolve(context.cwd, to),
      params: settings,
      seed,
      rebuild,
      ...(workers === undefined ? {} : { workers }),
      progress: context.progress,
      signal: context.signal,
    });
    return {
      json: toJson(result),
      text: describe(result, { data, to: relative(context.cwd, result.directory) || to }),
    };
  },
});

function toJson({ manifest, ...result }: PrepareResult): unknown {
  const { datasetMd5, classNames, counts, leftOut, preprocessing, seed } = manifest;
  return { ...result, datasetMd5, classNames, counts, leftOut, preprocessing, seed };
}

function describe(result: PrepareResult, { data, to }: { readonly data: string; readonly to: string }): string {
  const { manifest, badPhotos, groupsAcrossSplits } = result;
  const lines = [result.upToDate ? `${to} is up to date` : `prepared ${to}`, ''];
  for (const [split, counts] of Object.entries(manifest.counts)) {
    const byClass = Object.entries(counts).map(([className, count]) => `${count} ${className}`);
    lines.push(`  ${split.padEnd(10)}  ${byClass.join(', ')}`);
  }
  lines.push('', `  data set    ${manifest.datasetMd5}`);
  const { imageSizePx, fit, filter } = manifest.preprocessing;
  lines.push(`  records     ${imageSizePx} × ${imageSizePx} pixels, ${fit}, ${filter}`);
  if (result.reused > 0) lines.push(`  taken over  ${result.reused} photos that were decoded before`);
  if (badPhotos.length > 0)
    lines.push(
      `  left out    ${badPhotos.length} that cannot be decoded (${badPhotos[0]?.path ?? ''}, …; left-out.csv)`,
    );
  if (groupsAcrossSplits > 0)
    lines.push(
      `  warning     ${groupsAcrossSplits} groups of look-alikes lie across the folder's own splits: scores will flatter.`,
      `              See them with: pawprint data check ${data}`,
    );
  lines.push('', `next: pawprint train cnn --data ${to}`);
  return lines.join('\n');
}
