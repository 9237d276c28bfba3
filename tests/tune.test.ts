// `pawprint tune` as a user meets it: the real command in child processes, killed and resumed, misled, and believed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspectOnnx } from '../src/graph/index.ts';
import { makePhotoFolder } from './support/photo-folder.ts';
import { runPawprint, type Outcome } from './support/run-pawprint.ts';

interface Row {
  readonly trial: number;
  readonly rung: number;
  readonly epochs: number;
  readonly status: string;
  readonly failure: string | null;
  readonly logLoss: number | null;
}
interface Results {
  readonly best: Row & { readonly command: string };
  readonly ranking: readonly Row[];
  readonly records: readonly Row[];
  readonly epochsTrained: number;
  readonly complete: boolean;
}

let root = '';
const settings = `seed: 5
train:
  epochs: 4
  threads: 1
  cnn: { hidden: 8 }
tune:
  trials: 4
  reductionFactor: 2
  minEpochs: 1
  space:
    train.lr: { min: 0.001, max: 0.05, scale: log }
    train.batchSize: { min: 8, max: 16 }
    train.cnn.channels: { values: [[4, 8], [8]] }
`;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'pawprint-tune-'));
  await makePhotoFolder(join(root, 'raw'), ['cats', 'dogs'], 30);
  await writeFile(join(root, 'params.yaml'), settings);
  const args = ['data', 'prepare', '--data', 'raw', '--to', 'prepared', '--set', 'prepare.imageSizePx=16'];
  const prepared = await runPawprint(args, { cwd: root });
  assert.equal(prepared.exitCode, 0, prepared.err);
});
after(() => rm(root, { recursive: true, force: true }));

const pawprint = (...args: string[]): Promise<Outcome> => runPawprint(args, { cwd: root });
const tune = (...args: string[]): Promise<Outcome> => pawprint('tune', 'cnn', '--data', 'prepared', ...args);
const textOf = (...path: string[]): Promise<string> => readFile(join(root, ...path), 'utf8');
const resultsOf = async (out: string): Promise<Results> => JSON.parse(await textOf(out, 'results.json')) as Results;
/** results.json of `out` without the times and the folder's name. */
const comparable = async (out: string): Promise<string> =>
  (await textOf(out, 'results.json')).replaceAll(/"seconds": [\d.e-]+/g, '').replaceAll(`${out}/`, '');

test('halving: 4, 2, 1 trials of 1, 2, 4 epochs; the best kept, the command given trains it again to the bit', async () => {
  const outcome = await tune('--out', 'whole');
  assert.equal(outcome.exitCode, 0, outcome.err);
  const { records, best, epochsTrained } = await resultsOf('whole');
  assert.deepEqual(
    [1, 2, 3].map((rung) => records.filter((record) => record.rung === rung).map(({ epochs }) => epochs)),
    [[1, 1, 1, 1], [2, 2], [4]],
  );
  assert.equal(epochsTrained, 12);
  assert.equal(best.rung, 3);
  const first = records.filter(({ rung }) => rung === 1).sort((a, b) => (a.logLoss ?? 9) - (b.logLoss ?? 9));
  const second = records.filter(({ rung }) => rung === 2).map(({ trial }) => trial);
  assert.deepEqual(new Set(second), new Set(first.slice(0, 2).map(({ trial }) => trial)));
  assert.match(
    outcome.out,
    /rank +trial +rung +epochs +log loss +accuracy +lr +batchSize +channels +seconds|rank  trial/,
  );

  const left = await readdir(join(root, 'whole', 'trials'), { recursive: true });
  assert.equal(left.filter((name) => name.endsWith('.onnx')).length, 1);
  assert.equal(left.filter((name) => name.endsWith('.history.json')).length, 7);
  assert.deepEqual(
    left.filter((name) => /checkpoints|\.tmp$/.test(name)),
    [],
  );
  for (const file of ['results.csv', 'index.html', 'best.onnx', 'best.history.json'])
    assert.ok(existsSync(join(root, 'whole', file)), file);

  const trained = await pawprint(...best.command.split(' ').slice(1));
  assert.equal(trained.exitCode, 0, trained.err);
  const weights = async (path: string): Promise<string> => inspectOnnx(await readFile(join(root, path))).weightsSha256;
  assert.equal(await weights('models/cnn.onnx'), await weights('whole/best.onnx'));
});

test('killed with kill -9 and resumed, a search ends in the results of an unbroken one', async () => {
  const args = ['tune', 'cnn', '--data', 'prepared', '--out', 'killed'];
  const journal = join(root, 'killed', 'trials.jsonl');
  const checkpoint = join(root, 'killed', 'trials', '002', 'trial-002-rung-1.checkpoints', 'last.safetensors');
  for (const resume of [[], ['--resume']]) {
    const killed = await runPawprint([...args, ...resume], {
      cwd: root,
      meanwhile: (child) => {
        const timer = setInterval(() => {
          const seen =
            resume.length === 0 ? existsSync(checkpoint) : existsSync(journal.replace('trials.jsonl', 'trials/004'));
          if (seen) child.kill('SIGKILL');
          if (seen || child.exitCode !== null) clearInterval(timer);
        }, 2);
      },
    });
    assert.notEqual(killed.exitCode, 0);
  }
  await appendFile(journal, '{"trial": 9, "ru');
  const again = await tune('--out', 'killed');
  assert.equal(again.exitCode, 1);
  assert.match(again.err, /holds a search[\s\S]*--resume/);
  const resumed = await tune('--out', 'killed', '--resume');
  assert.equal(resumed.exitCode, 0, resumed.err);
  assert.equal(await comparable('killed'), await comparable('whole'));

  const changed = await tune('--out', 'killed', '--resume', '--set', 'tune.space.train.lr.max=0.04');
  assert.equal(changed.exitCode, 1);
  assert.match(changed.err, /tune\.space\.train\.lr\.max differs[\s\S]*0\.05[\s\S]*0\.04/);
  const seed = await tune('--out', 'killed', '--resume', '--seed', '6');
  assert.match(seed.err, /seed differs/);
  const method = await tune('--out', 'killed', '--resume', '--method', 'random');
  assert.match(method.err, /tune\.method differs/);
});

test('a trial that diverges is recorded as failed and the search goes on; time and trials can be added', async () => {
  const wild = [
    'tune.space.train.lr={values: [100, 0.01]}',
    'train.optimizer=sgd',
    'train.clipNorm=0',
    'train.epochs=8',
  ];
  const args = ['--out', 'wild', '--method', 'random', ...wild.flatMap((text) => ['--set', text])];
  const sets = [...args, '--set', 'train.schedule=constant'];
  const short = await tune(...sets, '--trials', '3', '--max-minutes', '0.000001');
  assert.equal(short.exitCode, 0, short.err);
  assert.equal((await resultsOf('wild')).complete, false);
  assert.equal((await tune(...sets, '--trials', '3', '--resume')).exitCode, 0);
  const outcome = await tune(...sets, '--trials', '6', '--resume');
  assert.equal(outcome.exitCode, 0, outcome.err);
  const { ranking, records } = await resultsOf('wild');
  assert.deepEqual(
    records.map(({ trial }) => trial),
    [1, 2, 3, 4, 5, 6],
  );
  const failed = records.filter(({ status }) => status === 'failed');
  assert.ok(failed.length > 0 && failed.length < 6, JSON.stringify(records));
  assert.match(failed[0]?.failure ?? '', /TRAINING_DIVERGED/);
  assert.equal(ranking.at(-1)?.status, 'failed');
  assert.match(outcome.out, /failed/);
});

test('a wrong space, metric or model is said with line and key before anything is trained', async () => {
  const bad = settings.replace('max: 0.05', 'max: 500');
  await writeFile(join(root, 'bad.yaml'), bad);
  const line = bad.split('\n').findIndex((text) => text.includes('train.lr')) + 1;
  const range = await tune('--params', 'bad.yaml', '--out', 'none');
  assert.equal(range.exitCode, 2);
  assert.match(
    range.err,
    new RegExp(`bad\\.yaml:${line}: tune\\.space\\.train\\.lr\\.max[\\s\\S]*at most 100[\\s\\S]*500`),
  );
  await writeFile(join(root, 'bad.yaml'), settings.replace('train.lr', 'train.lrr'));
  const name = await tune('--params', 'bad.yaml', '--out', 'none');
  assert.match(
    name.err,
    new RegExp(`bad\\.yaml:${line}: tune\\.space\\.train\\.lrr[\\s\\S]*did you mean train\\.lr\\?`),
  );
  const epochs = await tune('--set', 'tune.space.train.epochs={min: 1, max: 3}', '--out', 'none');
  assert.match(epochs.err, /--set: tune\.space\.train\.epochs[\s\S]*sets the epochs itself/);
  const metric = await tune('--metric', 'loss');
  assert.equal(metric.exitCode, 2);
  const model = await pawprint('tune', 'transformer');
  assert.match(model.err, /logistic-regression/);
  assert.ok(!existsSync(join(root, 'none')));
});
