// What `pawprint data prepare` costs: CPU and wall time a photo from end to end, and the peak of memory, each run in a
// process of its own. Real photos by --photos DIR; any number of drawn ones by --count N (100000 takes some 4 GB of
// disk), or those that `pawprint data sample --to DIR` has drawn already by --drawn DIR.
// Usage: node bench/prepare.ts [--photos ../shared/data/cats-vs-dogs] [--count 10000] [--workers 2] [--rounds 3]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openPreparedDataset, prepareDataset, prepareParamsSchema, writeSampleDataset } from '../src/data/index.ts';

interface Measured {
  readonly photos: number;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakMb: number;
}

const { values } = parseArgs({
  options: {
    photos: { type: 'string' },
    count: { type: 'string' },
    drawn: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '3' },
    imageSizePx: { type: 'string', default: '64' },
    keep: { type: 'boolean', default: false },
    child: { type: 'string' },
  },
});

/** One preparation in this process, which does nothing else: its peak of memory is that of preparing. */
async function measureHere(source: string, target: string): Promise<Measured> {
  const params = prepareParamsSchema.parse({ imageSizePx: Number(values.imageSizePx) });
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  const { decoded } = await prepareDataset({ source, target, params, seed: 42, workers: Number(values.workers) });
  const { user, system } = process.cpuUsage(startCpu);
  const wallMs = performance.now() - startMs;
  return { photos: decoded, cpuMs: (user + system) / 1000, wallMs, peakMb: peakResidentMb() };
}

/**
 * Linux hands getrusage's peak on from the process that forks: after drawing here, a child would count our memory as
 * its own. VmHWM begins anew with each program.
 */
function peakResidentMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error('no VmHWM in /proc/self/status');
  return Number(kilobytes) / 1024;
}

async function measureInChild(source: string, target: string): Promise<Measured> {
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--child', JSON.stringify([source, target])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  for await (const piece of child.stdout.setEncoding('utf8')) out += String(piece);
  return JSON.parse(out) as Measured;
}

async function report(name: string, source: string, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-bench-'));
  try {
    for (let round = 0; round < rounds; round++) {
      const target = join(folder, `prepared-${round}`);
      const { photos, cpuMs, wallMs, peakMb } = await measureInChild(source, target);
      const each = (ms: number): string => (ms / photos).toFixed(2);
      console.log(
        `${name}: ${photos} photos, ${each(cpuMs)} ms CPU and ${each(wallMs)} ms wall a photo ` +
          `(${(wallMs / 1000).toFixed(1)} s on ${values.workers} threads), peak ${peakMb.toFixed(0)} MB`,
      );
      if (round === rounds - 1) await reportEpoch(target);
      await rm(target, { recursive: true });
    }
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** Draws `count` pictures (some 14 ms CPU each, the longest part), prepares them, and removes them. */
async function reportDrawn(count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-bench-drawn-'));
  try {
    const source = join(folder, 'raw');
    await writeSampleDataset({ to: source, count, seed: 42 });
    await report('drawn pictures', source, 1);
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** Reading every training record once in a scattered order, as an epoch does. */
async function reportEpoch(target: string): Promise<void> {
  const dataset = await openPreparedDataset(target);
  const split = dataset.split('train');
  const record = new Uint8Array(split.recordBytes);
  const startMs = performance.now();
  for (let i = 0; i < split.count; i++) split.readRecord((i * 7919) % split.count, record, 0);
  const microseconds = ((performance.now() - startMs) * 1000) / split.count;
  console.log(`  an epoch then reads a record in ${microseconds.toFixed(1)} µs`);
  dataset.close();
}

if (values.child !== undefined) {
  const [source = '', target = ''] = JSON.parse(values.child) as string[];
  console.log(JSON.stringify(await measureHere(source, target)));
} else {
  const photos =
    values.photos ??
    (values.count === undefined && values.drawn === undefined ? '../shared/data/cats-vs-dogs' : undefined);
  if (photos !== undefined) await report('real photos', resolve(photos), Number(values.rounds));
  if (values.drawn !== undefined) await report('drawn pictures', resolve(values.drawn), 1);
  if (values.count !== undefined) await reportDrawn(Number(values.count));
}
