// A writer to be killed: node log-child.ts FOLDER RUN FSYNC. Writes as fast as it can, and prints how many of its entries
// are on the disk for sure, one number a line.
import { writeSync } from 'node:fs';
import { createJsonLinesLog } from '../../src/monitoring/index.ts';
import { numberedKind } from './numbered-log.ts';

const [directory = '', run = '', fsync = ''] = process.argv.slice(2);
const log = createJsonLinesLog({
  ...{ ...numberedKind, directory, maxFileBytes: 1_000_000, gatherMs: 0, now: () => new Date() },
  ...(fsync === 'always' ? { fsync } : { fsyncIntervalMs: 20 }),
  maxWaitingBytes: 2_000_000,
});
for (let number = 0; ;) {
  for (let burst = 0; burst < 500; burst++, number++)
    log.write({ time: new Date().toISOString(), run: Number(run), number, padding: 'x'.repeat((number * 37) % 700) });
  if (await log.flush()) writeSync(1, `${number}\n`);
}
