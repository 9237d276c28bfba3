// CPU and wall time of one training step of the baseline CNN (3→32→64→128→256, 64×64, batch 32, AdamW) against
// PyTorch on the same network, interleaved in one run. Usage: npm run bench:train-step [-- --rounds 5 --steps 8]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/core/index.ts';
import { adamW, binaryCrossEntropy, buildTrainingStep, elementCount } from '../src/graph/index.ts';
import { cnn } from '../src/models/index.ts';
import { createStepper } from '../src/training/index.ts';

interface Timing {
  /** Milliseconds a step. */
  readonly cpu: number;
  readonly wall: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '8' },
    threads: { type: 'string', default: '1' },
    python: { type: 'string', default: join(homedir(), '.cache/pawprint-torch/bin/python') },
  },
});
const [rounds, steps, threads] = [Number(values.rounds), Number(values.steps), Number(values.threads)];
const [batch, size] = [32, 64];

/** Our step, as a function that runs `count` of them: the very stepper that `pawprint train` uses. */
async function ours(): Promise<(count: number) => Promise<Timing>> {
  const optimiser = adamW();
  const imageShape = [batch, 3, size, size];
  const trainingStep = buildTrainingStep({
    network: cnn({ channels: [32, 64, 128, 256], hidden: 128, dropout: 0.3, outputs: 1 }),
    imageShape,
    targetColumns: 1,
    loss: binaryCrossEntropy,
    optimiser,
    clipNorm: 1,
  });
  const stepper = await createStepper({
    trainingStep,
    optimiser,
    imageShape,
    targetColumns: 1,
    seed: 0,
    threads,
    device: 'cpu',
  });
  const random = createRandom(0, 'bench');
  const noise = (length: number): Float32Array<ArrayBuffer> => Float32Array.from({ length }, () => random.next());
  const inputs = {
    images: noise(batch * 3 * size * size),
    targets: Float32Array.from({ length: batch }, (_, i) => i % 2),
    weights: new Float32Array(batch).fill(1),
    uniforms: trainingStep.uniforms.map((uniform) => noise(elementCount(uniform.shape.map(Number)))),
    labels: Uint8Array.from({ length: batch }, (_, i) => i % 2),
  };
  return async (count) => {
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    for (let i = 0; i < count; i++) await stepper.step(inputs, 1e-3);
    const used = process.cpuUsage(cpu);
    return { cpu: (used.user + used.system) / 1000 / count, wall: (performance.now() - wall) / count };
  };
}

/** PyTorch in a process of its own that runs steps on request; undefined where it is not installed. */
function torchPeer(
  layout: 'nchw' | 'channels_last',
): { readonly run: (count: number) => Promise<Timing>; readonly process: ChildProcess } | undefined {
  if (!existsSync(values.python) || spawnSync(values.python, ['-c', 'import torch']).status !== 0) return undefined;
  const script = new URL('./peers/train_step_torch.py', import.meta.url).pathname;
  const child = spawn(values.python, [script, layout, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    run: async (count) => {
      child.stdin.write(`${count}\n`);
      const { value } = (await lines.next()) as { value: string };
      return JSON.parse(value) as Timing;
    },
  };
}

const best = (timings: readonly Timing[], key: keyof Timing): number =>
  Math.min(...timings.map((timing) => timing[key]));
const median = (timings: readonly Timing[], key: keyof Timing): number =>
  timings.map((timing) => timing[key]).sort((a, b) => a - b)[Math.floor(timings.length / 2)] ?? Number.NaN;

const runners: { name: string; run: (count: number) => Promise<Timing>; timings: Timing[] }[] = [
  { name: 'pawprint', run: await ours(), timings: [] },
];
const peers = (['nchw', 'channels_last'] as const).map((layout) => ({ layout, peer: torchPeer(layout) }));
for (const { layout, peer } of peers)
  if (peer === undefined)
    console.log(
      `PyTorch ${layout}: skipped, ${values.python} has no PyTorch (make a virtual environment there and pip install torch)`,
    );
  else runners.push({ name: `torch ${layout}`, run: peer.run, timings: [] });
for (const { run } of runners) await run(3);
for (let round = 0; round < rounds; round++) for (const { run, timings } of runners) timings.push(await run(steps));
for (const { peer } of peers) peer?.process.stdin?.end();

console.log(`threads ${threads}, ${rounds} rounds of ${steps} steps, milliseconds a step, best and median round`);
const [first] = runners;
for (const { name, timings } of runners)
  console.log(
    `${name.padEnd(20)} cpu ${best(timings, 'cpu').toFixed(1)} / ${median(timings, 'cpu').toFixed(1)}   wall ${best(timings, 'wall').toFixed(1)} / ${median(timings, 'wall').toFixed(1)}` +
      (first === undefined || name === first.name
        ? ''
        : `   ours ÷ this, cpu: ${(best(first.timings, 'cpu') / best(timings, 'cpu')).toFixed(2)} best, ${(median(first.timings, 'cpu') / median(timings, 'cpu')).toFixed(2)} median`),
  );
