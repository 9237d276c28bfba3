// pawprint train transfer --fine-tune: the last blocks of the backbone move, the others do not; where it helps, the model
// is the better one, and where it does not, the untouched one.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBackbone } from '../src/features/index.ts';
import { findBlocks, floatGraph, type Graph, readOnnx, subgraph } from '../src/graph/index.ts';
import { runInProcess, type InProcessOutcome } from './support/run-in-process.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-fine-tune-'));
  await pawprint('data', 'sample', '--to', 'drawn', '--count', '120', '--seed', '5');
});
after(async () => rm(cwd, { recursive: true, force: true }));

const pawprint = (...args: string[]): Promise<InProcessOutcome> => runInProcess(args, { cwd });

interface Trained {
  fineTuning: {
    history: { epoch: number; validationLoss: number }[];
    keptEpoch: number;
    trainedParameters: number;
  } | null;
  leftOut: unknown[];
}
const tune = async (...args: string[]): Promise<Trained> => {
  const { out, err } = await pawprint('train', 'transfer', '--data', 'drawn', '--json', ...args);
  assert.notEqual(out, '', err);
  return JSON.parse(out) as Trained;
};

/** Numbers of the backbone's convolutions by name, as they stand in a model file. */
const numbersOf = (graph: Graph): Map<string, string> =>
  new Map(graph.initializers.map(({ value, literal }) => [value.name, literal.data.join()]));

test('from a head that was held back, two free blocks make the model better; the rest stays as it was', async () => {
  const { fineTuning } = await tune(
    ...['--fine-tune', '2', '--out', 'tuned.onnx', '--set', 'transfer.fineTuneEpochs=2'],
    ...['--set', 'transfer.fineTuneLr=0.0001'],
    ...['--set', 'transfer.strengths=[30000]'],
  );
  assert.ok(fineTuning !== null);
  const { history, keptEpoch } = fineTuning;
  assert.deepEqual(
    history.map(({ epoch }) => epoch),
    [0, 1, 2],
  );
  assert.ok(keptEpoch > 0, JSON.stringify(history));
  assert.ok((history[keptEpoch]?.validationLoss ?? 9) < (history[0]?.validationLoss ?? 0), JSON.stringify(history));

  const backbone = await openBackbone();
  const float = subgraph(floatGraph(backbone.graph), [backbone.featuresOutput]);
  const free = new Set(
    findBlocks(float)
      .slice(-2)
      .flatMap(({ parameters }) => parameters),
  );
  const before = numbersOf(float);
  const after = numbersOf(readOnnx(await readFile(join(cwd, 'tuned.onnx'))).graph);
  let compared = 0;
  for (const [name, numbers] of before) {
    const now = after.get(`backbone/${name}`);
    if (now === undefined) continue;
    compared++;
    assert.equal(now !== numbers, free.has(name), name);
  }
  assert.ok(compared > 60 && free.size >= 4, `${compared} initializers, ${free.size} of them free`);

  const { out } = await pawprint('evaluate', '--model', 'tuned.onnx', '--data', 'drawn', '--json', '--no-report');
  assert.equal((JSON.parse(out) as { total: number }).total, 120);
  const { exitCode } = await pawprint('explain', 'drawn', '--model', 'tuned.onnx', '--out', 'heat');
  assert.equal(exitCode, 0, 'a fine-tuned model is explained as any other');
});

test('where no epoch is better, the backbone stays quantised and as it was', async () => {
  const { fineTuning } = await tune(
    ...['--fine-tune', '1', '--out', 'same.onnx', '--set', 'transfer.fineTuneEpochs=1'],
    ...['--set', 'transfer.fineTuneLr=0.00000000001'],
  );
  const [before, after] = fineTuning?.history ?? [];
  assert.ok(Math.abs((before?.validationLoss ?? 0) - (after?.validationLoss ?? 9)) < 1e-4, 'hardly a step was taken');
  const diverging = await tune(
    ...['--fine-tune', '1', '--out', 'plain.onnx', '--set', 'transfer.fineTuneEpochs=1'],
    ...['--set', 'transfer.fineTuneLr=3'],
  );
  assert.equal(diverging.fineTuning?.keptEpoch, 0, JSON.stringify(diverging.fineTuning?.history));
  const { graph } = readOnnx(await readFile(join(cwd, 'plain.onnx')));
  assert.ok(graph.nodes.some(({ op }) => op === 'QuantizeLinear'));
});

test('more blocks than there are is refused by number, and no temporary records are left', async () => {
  const { exitCode, err } = await pawprint(
    'train',
    'transfer',
    '--data',
    'drawn',
    '--fine-tune',
    '99',
    '--out',
    'x.onnx',
  );
  assert.equal(exitCode, 2);
  assert.match(err, /1 to 31/);
  assert.ok(!existsSync(join(cwd, 'x.onnx')));
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith('pawprint-records-'));
  assert.deepEqual(left, []);
});
