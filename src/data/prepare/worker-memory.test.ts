import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { writeSampleDataset } from '../sample.ts';
import { prepareParamsSchema } from './params.ts';
import { prepareDataset } from './prepare.ts';

test('workers of data prepare have a bound on their young generation', async (t) => {
  // Was: V8's own choice, 150 MB of heap a worker, and 100,000 photos took over 700 MB.
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-worker-memory-'));
  t.after(() => rm(folder, { recursive: true }));
  const source = join(folder, 'raw');
  await writeSampleDataset({ to: source, count: 32, seed: 1, workers: 1 });
  const workers: Worker[] = [];
  const remember = (worker: Worker): void => void workers.push(worker);
  process.on('worker', remember);
  t.after(() => process.off('worker', remember));
  let limits: readonly (number | undefined)[] = [];
  const progress = {
    start: () => {
      limits = workers.map(({ resourceLimits }) => resourceLimits?.maxYoungGenerationSizeMb);
      return { update: () => undefined, finish: () => undefined };
    },
    line: () => undefined,
  };
  const params = prepareParamsSchema.parse({ imageSizePx: 16 });
  await prepareDataset({ source, target: join(folder, 'prepared'), params, seed: 1, workers: 2, progress });
  assert.deepEqual(limits, [24, 24]);
});
