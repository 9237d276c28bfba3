// One epoch of `pawprint train cnn` end to end on a prepared data set: reading records, augmentation, steps, and
// validation, in CPU and wall milliseconds a photo, and peak memory. Usage:
//   node bench/epoch.ts --data data/prepared [--threads 2] [--epochs 2]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentProgress } from '../src/core/index.ts';
import { openPreparedDataset } from '../src/data/index.ts';
import { type EpochRecord, train, trainParamsSchema } from '../src/training/index.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'data/prepared' },
    threads: { type: 'string', default: '1,2' },
    epochs: { type: 'string', default: '2' },
  },
});
const dataset = await openPreparedDataset(values.data);
const folder = await mkdtemp(join(tmpdir(), 'pawprint-bench-'));
const photos = dataset.split('train').count;
console.log(
  `${photos} photos of ${dataset.manifest.preprocessing.imageSizePx} px, batch 32, ${values.epochs} epochs each`,
);
try {
  for (const threads of values.threads.split(',').map(Number)) {
    const rows: { cpu: number; wall: number }[] = [];
    let [cpu, wall] = [process.cpuUsage(), performance.now()];
    const onEpoch = (record: EpochRecord): void => {
      const used = process.cpuUsage(cpu);
      rows.push({ cpu: (used.user + used.system) / 1000 / photos, wall: (performance.now() - wall) / photos });
      console.log(
        `threads ${threads} epoch ${record.epoch}: cpu ${rows.at(-1)?.cpu.toFixed(2) ?? ''} ms/photo  wall ${rows.at(-1)?.wall.toFixed(2) ?? ''} ms/photo  ${record.imagesPerSecond.toFixed(0)} photos/s in steps`,
      );
      [cpu, wall] = [process.cpuUsage(), performance.now()];
    };
    await train({
      kind: 'cnn',
      params: trainParamsSchema.parse({ epochs: Number(values.epochs), threads }),
      seed: 0,
      dataset,
      out: join(folder, `bench-${threads}.onnx`),
      resume: false,
      device: 'cpu',
      lineage: {
        createdAt: new Date().toISOString(),
        pawprintVersion: 'bench',
        gitCommit: null,
        command: 'bench',
        seed: 0,
      },
      progress: silentProgress,
      signal: new AbortController().signal,
      onEpoch,
    });
  }
  console.log(`peak resident memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
} finally {
  dataset.close();
  await rm(folder, { recursive: true, force: true });
}
