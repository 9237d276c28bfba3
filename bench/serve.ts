// pawprint serve against the same model behind FastAPI + ONNX Runtime and FastAPI + PyTorch: CPU time a request,
// throughput, latency, memory, time to ready. One process each, loopback, keep-alive connections in a closed loop,
// rounds interleaved. Usage: node bench/serve.ts [--size 128] [--model FILE] [--rounds 3] [--seconds 6]
// [--connections 8] [--starts 5] [--draft] [--only pawprint] [--install]. The peers live in a virtual environment;
// --install puts there what it lacks. Without it only Pawprint is measured. Linux only (/proc).
import { spawn, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, homedir, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { LoadRequest, LoadResult } from './serve/load.ts';
import { type ServerCommand, type ServerProcess, startServer } from './serve/server-process.ts';
import { writeSizedModel } from './serve/sized-model.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: here('../../shared/data/cats-vs-dogs/test') },
    count: { type: 'string', default: '200' },
    model: { type: 'string', default: here('../models/cats-vs-dogs/cnn.onnx') },
    size: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    connections: { type: 'string', default: '8' },
    starts: { type: 'string', default: '5' },
    entry: { type: 'string', default: here('../bin/pawprint.mjs') },
    python: { type: 'string', default: join(homedir(), '.cache/pawprint-torch/bin/python') },
    only: { type: 'string' },
    draft: { type: 'boolean', default: false },
    install: { type: 'boolean', default: false },
  },
});
const [rounds, seconds, connections] = [Number(values.rounds), Number(values.seconds), Number(values.connections)];

interface Contestant {
  readonly name: string;
  readonly command: ServerCommand;
}
/** What the rounds gave for one contestant. */
interface Tally {
  readonly cpuMs: number[];
  readonly perSecond: number[];
  readonly latenciesMs: number[];
  readonly generatorMs: number[];
  failed: number;
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
const quantile = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(share * numbers.length))] ?? NaN;

function pickPhotos(): string[] {
  const all = globSync(join(values.photos, '**/*.{jpg,jpeg}')).sort();
  const step = Math.max(1, Math.floor(all.length / Number(values.count)));
  return all.filter((_, i) => i % step === 0).slice(0, Number(values.count));
}

function pythonHas(...modules: readonly string[]): boolean {
  return spawnSync(values.python, ['-c', `import ${modules.join(', ')}`]).status === 0;
}

/** Those of the peers that can run here; says what is missing. */
function peers(model: string, folder: string): Contestant[] {
  const packages = ['fastapi', 'uvicorn[standard]', 'python-multipart', 'pillow', 'onnxruntime'];
  if (values.install) spawnSync(values.python, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'inherit' });
  if (!pythonHas('fastapi', 'uvicorn', 'python_multipart', 'PIL', 'onnxruntime')) {
    console.log(`FastAPI: left out, ${values.python} lacks it (make a virtual environment there, then --install)`);
    return [];
  }
  const peer = (service: string, env: Readonly<Record<string, string>>): ServerCommand => ({
    file: values.python,
    args: (port) => ['-m', 'uvicorn', `${service}:app`, '--host', '127.0.0.1', '--port', String(port)],
    cwd: here('peers/serve'),
    env: { PYTHONDONTWRITEBYTECODE: '', ...env },
  });
  const found = [{ name: 'FastAPI + ONNX Runtime', command: peer('service_onnx', { MODEL: model }) }];
  if (values.draft)
    found.push({ name: '  with draft decoding', command: peer('service_onnx', { MODEL: model, DRAFT: '1' }) });
  const converted = join(folder, 'cnn.pt');
  const isCnn = pythonHas('torch', 'onnx') && convert(model, converted);
  if (isCnn) found.push({ name: 'FastAPI + PyTorch', command: peer('service_torch', { MODEL: converted }) });
  else console.log('FastAPI + PyTorch: left out (no PyTorch there, or the model is no CNN in its default shape)');
  return found;
}

function convert(model: string, target: string): boolean {
  return spawnSync(values.python, [here('peers/serve/convert.py'), model, target]).status === 0;
}

/** Largest difference between the contestants' probabilities and how often the label is another, photo by photo. */
async function compareAnswers(servers: readonly ServerProcess[], photos: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(servers.map(({ port }) => askAll(port, photos)));
  const [own = []] = answers;
  return answers.map((theirs) => {
    const apart = theirs.map(({ probabilities }, i) =>
      Math.max(...Object.entries(probabilities).map(([k, p]) => Math.abs(p - (own[i]?.probabilities[k] ?? NaN)))),
    );
    const others = theirs.filter(({ label }, i) => label !== own[i]?.label).length;
    return `probabilities ${(apart.reduce((a, b) => a + b, 0) / apart.length).toFixed(4)} apart on average, ${Math.max(...apart).toFixed(3)} at most; ${others} other labels`;
  });
}

interface Answer {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}
async function askAll(port: number, photos: readonly string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const path of photos) {
    const body = new FormData();
    body.append('file', new Blob([readFileSync(path)]), basename(path));
    const response = await fetch(`http://127.0.0.1:${port}/predict`, { method: 'POST', body });
    answers.push((await response.json()) as Answer);
  }
  return answers;
}

function startGenerator(photos: readonly string[]): { run(request: LoadRequest): Promise<LoadResult>; stop(): void } {
  const child = spawn(process.execPath, [here('serve/load.ts'), ...photos], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    run: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the load generator ended');
      return JSON.parse(value) as LoadResult;
    },
    stop: () => child.stdin.end(),
  };
}

/** A contestant that was started a few times; the last one was left running. */
interface Started {
  readonly server: ServerProcess;
  /** Of each start. */
  readonly readySeconds: readonly number[];
  readonly readyCpuSeconds: readonly number[];
}

async function startSome({ command }: Contestant): Promise<Started> {
  const [readySeconds, readyCpuSeconds]: [number[], number[]] = [[], []];
  for (let left = Number(values.starts); ; left--) {
    const server = await startServer(command);
    readySeconds.push(server.readySeconds);
    readyCpuSeconds.push(server.readyCpuSeconds);
    if (left <= 1) return { server, readySeconds, readyCpuSeconds };
    await server.stop();
  }
}

async function measure(contestants: readonly Contestant[], photos: readonly string[]): Promise<void> {
  const generator = startGenerator(photos);
  const started: Started[] = [];
  try {
    for (const contestant of contestants) started.push(await startSome(contestant));
    const servers = started.map(({ server }) => server);
    const agreement = await compareAnswers(servers, photos);
    const tallies: Tally[] = contestants.map(() => ({
      cpuMs: [],
      perSecond: [],
      latenciesMs: [],
      generatorMs: [],
      failed: 0,
    }));
    // The first round warms up.
    for (let round = -1; round < rounds; round++)
      for (const [i, server] of servers.entries()) {
        const before = server.cpuSeconds();
        const result = await generator.run({ port: server.port, seconds: round < 0 ? 2 : seconds, connections });
        const cpu = server.cpuSeconds() - before;
        const tally = tallies[i];
        if (round < 0 || tally === undefined) continue;
        tally.cpuMs.push((cpu / result.requests) * 1000);
        tally.perSecond.push(result.requests / result.seconds);
        for (const latency of result.latenciesMs) tally.latenciesMs.push(latency);
        tally.generatorMs.push((result.cpuSeconds / result.requests) * 1000);
        tally.failed += result.failed;
      }
    print(contestants, tallies, started);
    agreement
      .slice(1)
      .forEach((text, i) => console.log(`${contestants[i + 1]?.name.trim() ?? ''} against pawprint: ${text}`));
  } finally {
    for (const { server } of started) await server.stop();
    generator.stop();
  }
}

function print(contestants: readonly Contestant[], tallies: readonly Tally[], started: readonly Started[]): void {
  const [own] = tallies;
  const ratio = (theirs: number, ours: number): string => `${(theirs / ours).toFixed(2)}×`;
  const rows = [
    [
      '',
      'CPU ms',
      'to ours',
      'a second',
      'ours to',
      'p50 ms',
      'p99 ms',
      'peak MB',
      'now',
      'anonymous',
      'ready s',
      'first',
      'CPU s',
      'failed',
      'load ms',
    ],
  ];
  contestants.forEach(({ name }, i) => {
    const [tally, start] = [tallies[i], started[i]];
    if (tally === undefined || start === undefined || own === undefined) return;
    const [cpu, perSecond] = [median(tally.cpuMs), median(tally.perSecond)];
    const { peakMb, nowMb, anonymousMb } = start.server.memory();
    rows.push([
      name,
      cpu.toFixed(2),
      ratio(cpu, median(own.cpuMs)),
      perSecond.toFixed(0),
      ratio(median(own.perSecond), perSecond),
      quantile(tally.latenciesMs, 0.5).toFixed(1),
      quantile(tally.latenciesMs, 0.99).toFixed(1),
      peakMb.toFixed(0),
      nowMb.toFixed(0),
      anonymousMb.toFixed(0),
      median(start.readySeconds).toFixed(2),
      (start.readySeconds[0] ?? NaN).toFixed(2),
      median(start.readyCpuSeconds).toFixed(2),
      String(tally.failed),
      median(tally.generatorMs).toFixed(2),
    ]);
  });
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(
      row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  '),
    );
}

async function main(): Promise<void> {
  const photos = pickPhotos();
  if (photos.length === 0) {
    console.log(`there are no JPEGs in ${values.photos}: give a folder with --photos`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'pawprint-bench-serve-'));
  try {
    let model = resolve(values.model);
    if (values.size !== undefined) {
      model = join(folder, `model-${values.size}.onnx`);
      await writeSizedModel(resolve(values.model), model, Number(values.size));
    }
    const own: Contestant = {
      name: 'pawprint serve',
      command: {
        file: process.execPath,
        args: (port) => [values.entry, 'serve', '--model', model, '--port', String(port)],
        env: { NODE_COMPILE_CACHE: join(folder, 'compile-cache') },
      },
    };
    const contestants = values.only === 'pawprint' ? [own] : [own, ...peers(model, folder)];
    console.log(
      `${basename(values.model)}${values.size === undefined ? '' : ` at ${values.size} × ${values.size}`}, ${photos.length} photos, ${connections} connections, ${rounds} rounds of ${seconds} s, ${availableParallelism()} cores (${cpus()[0]?.model ?? ''}), Node ${process.versions.node}`,
    );
    await measure(contestants, photos);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
