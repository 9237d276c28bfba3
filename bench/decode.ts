// CPU and wall time of decoding and scaling a photo, bytes to record: ours, sharp and Pillow over the same photos,
// interleaved in one run. Usage: node bench/decode.ts [--photos ../shared/data/cats-vs-dogs] [--count 200]
// [--rounds 5] [--install]. Pillow lives in a virtual environment, which --install makes.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createPreprocessor } from '../src/image/index.ts';

interface Timing {
  /** Milliseconds for all photos of a request. */
  readonly cpu: number;
  readonly wall: number;
}
interface Contestant {
  readonly name: string;
  run(paths: readonly string[], size: number): Promise<Timing>;
}
interface PillowAnswer {
  readonly cpu_ms: number;
  readonly wall_ms: number;
  readonly last: string;
}

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: fileURLToPath(new URL('../../shared/data/cats-vs-dogs', import.meta.url)) },
    count: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '5' },
    python: { type: 'string', default: join(homedir(), '.cache/pawprint-peers/image/bin/python') },
    install: { type: 'boolean', default: false },
  },
});
const [count, rounds] = [Number(values.count), Number(values.rounds)];
const sizes = [64, 224];
/** Photos that one contestant does before the next has its turn: load on the machine then meets all alike. */
const turn = 50;

const photos = new Map<string, Buffer>();

async function timed(paths: readonly string[], work: (bytes: Buffer) => Promise<unknown>): Promise<Timing> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  for (const path of paths) await work(photos.get(path) ?? Buffer.alloc(0));
  const used = process.cpuUsage(cpu);
  return { cpu: (used.user + used.system) / 1000, wall: performance.now() - wall };
}

function ours(): Contestant {
  const preprocessors = new Map(
    sizes.map((size) => [size, createPreprocessor({ imageSizePx: size, fit: 'stretch', filter: 'bilinear' })]),
  );
  return {
    name: 'pawprint',
    run: (paths, size) => timed(paths, async (bytes) => preprocessors.get(size)?.record(bytes)),
  };
}

function sharpPeer(): Contestant {
  sharp.concurrency(1);
  sharp.cache(false);
  return {
    name: 'sharp, fit fill',
    run: (paths, size) =>
      timed(paths, (bytes) => sharp(bytes).rotate().resize(size, size, { fit: 'fill' }).removeAlpha().raw().toBuffer()),
  };
}

/** Asks Pillow, in a process of its own; undefined where it is not installed. */
function pillowPeer(): { ask(request: object): Promise<PillowAnswer>; stop(): void } | undefined {
  if (values.install && !existsSync(values.python)) install();
  if (!existsSync(values.python)) {
    console.log(`Pillow is not there (${values.python}): left out. --install makes a virtual environment for it.`);
    return undefined;
  }
  const script = fileURLToPath(new URL('peers/decode_pillow.py', import.meta.url));
  const child = spawn(values.python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('Pillow’s process ended');
    return value;
  };
  const greeting = nextLine();
  return {
    ask: async (request) => {
      await greeting;
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return JSON.parse(await nextLine()) as PillowAnswer;
    },
    stop: () => child.stdin.end(),
  };
}

function install(): void {
  const folder = dirname(dirname(values.python));
  const run = (command: string, ...args: readonly string[]): void => {
    const { status } = spawnSync(command, args, { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
  };
  run('python3', '-m', 'venv', folder);
  run(join(folder, 'bin/pip'), 'install', '--quiet', 'pillow');
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;

async function race(contestants: readonly Contestant[], paths: readonly string[], size: number): Promise<void> {
  const totals = contestants.map(() => [] as Timing[]);
  for (let round = -1; round < rounds; round++) {
    const sums = contestants.map(() => ({ cpu: 0, wall: 0 }));
    for (let first = 0; first < paths.length; first += turn)
      for (const [i, contestant] of contestants.entries()) {
        const { cpu, wall } = await contestant.run(paths.slice(first, first + turn), size);
        const sum = sums[i];
        if (sum === undefined) continue;
        sum.cpu += cpu / paths.length;
        sum.wall += wall / paths.length;
      }
    // The first round warms up.
    if (round >= 0) sums.forEach((sum, i) => totals[i]?.push(sum));
  }
  const [base = NaN] = totals.map((timings) => median(timings.map(({ cpu }) => cpu)));
  console.log(`\nto ${size} × ${size}          CPU ms   wall ms   CPU to ours   (a photo, median of ${rounds} rounds)`);
  contestants.forEach(({ name }, i) => {
    const timings = totals[i] ?? [];
    const [cpu, wall] = [median(timings.map((one) => one.cpu)), median(timings.map((one) => one.wall))];
    const columns = [
      cpu.toFixed(2).padStart(9),
      wall.toFixed(2).padStart(10),
      `${(cpu / base).toFixed(2)}×`.padStart(14),
    ];
    console.log(`${name.padEnd(18)}${columns.join('')}`);
  });
}

/** How far our records are from Pillow's, decoder and all. */
async function compare(
  pillow: NonNullable<ReturnType<typeof pillowPeer>>,
  paths: readonly string[],
  size: number,
): Promise<void> {
  const preprocessor = createPreprocessor({ imageSizePx: size, fit: 'stretch', filter: 'bilinear' });
  let [sum, largest, values] = [0, 0, 0];
  for (const path of paths) {
    const record = await preprocessor.record(photos.get(path) ?? Buffer.alloc(0));
    const { last } = await pillow.ask({ paths: [path], size, draft: false });
    Buffer.from(last, 'base64').forEach((value, i) => {
      const apart = Math.abs(value - (record[(i % 3) * size * size + Math.floor(i / 3)] ?? 0));
      sum += apart;
      largest = Math.max(largest, apart);
      values++;
    });
  }
  console.log(
    `records against Pillow's at ${size}: ${(sum / values).toFixed(3)} grey levels apart on average, ${largest} at most`,
  );
}

async function main(): Promise<void> {
  const all = globSync(join(values.photos, '**/*.{jpg,jpeg}')).sort();
  if (all.length === 0) {
    console.log(`there are no JPEGs in ${values.photos}: give a folder with --photos`);
    return;
  }
  const step = Math.max(1, Math.floor(all.length / count));
  const paths = all.filter((_, i) => i % step === 0).slice(0, count);
  for (const path of paths) photos.set(path, readFileSync(path));
  const bytes = [...photos.values()].reduce((total, photo) => total + photo.length, 0);
  console.log(`${paths.length} photos, ${(bytes / paths.length / 1000).toFixed(0)} kB each`);

  const pillow = pillowPeer();
  const pillowContestant = (name: string, draft: boolean): Contestant => ({
    name,
    run: async (some, size) => {
      const answer = await pillow?.ask({ paths: some, size, draft });
      return { cpu: answer?.cpu_ms ?? NaN, wall: answer?.wall_ms ?? NaN };
    },
  });
  const peers =
    pillow === undefined ? [] : [pillowContestant('Pillow', false), pillowContestant('Pillow, draft', true)];
  for (const size of sizes) await race([ours(), sharpPeer(), ...peers], paths, size);
  console.log();
  if (pillow !== undefined) for (const size of sizes) await compare(pillow, paths.slice(0, 40), size);
  pillow?.stop();
}

await main();
