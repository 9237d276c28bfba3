// pawprint train transfer through the command line: from a folder to a model that every command takes, what it says when
// it does not know, what it refuses, and how right it is on real photos.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspectOnnx } from '../src/graph/index.ts';
import { readModelFile } from '../src/models/index.ts';
import { runInProcess, type InProcessOutcome } from './support/run-in-process.ts';
import { repositoryRoot } from './support/run-pawprint.ts';

const photos = join(repositoryRoot, '../shared/data/cats-vs-dogs');
const noPhotos = existsSync(photos) ? false : 'the real photos are not here';
let cwd = '';

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-transfer-'));
  const { exitCode } = await pawprint('data', 'sample', '--to', 'drawn', '--count', '60', '--seed', '3');
  assert.equal(exitCode, 0);
});
after(async () => rm(cwd, { recursive: true, force: true }));

const pawprint = (...args: string[]): Promise<InProcessOutcome> => runInProcess(args, { cwd });
const train = (...args: string[]): Promise<InProcessOutcome> => pawprint('train', 'transfer', ...args);
const weightsOf = async (path: string): Promise<string> => inspectOnnx(await readFile(join(cwd, path))).weightsSha256;

interface Trained {
  photos: number;
  cached: number;
  leftOut: { name: string; code: string }[];
  metrics: Record<string, number>;
}
const resultOf = ({ out, err }: InProcessOutcome): Trained => {
  assert.notEqual(out, '', err);
  return JSON.parse(out) as Trained;
};

test('a raw folder becomes one model file; a second run takes features from the cache and ends in the same weights', async () => {
  const first = resultOf(await train('--data', 'drawn', '--out', 'm/a.onnx', '--threads', '1', '--json'));
  assert.deepEqual([first.photos, first.cached, first.leftOut], [60, 0, []]);
  assert.ok((first.metrics['crossValidation.accuracy'] ?? 0) > 0.5);
  const second = resultOf(await train('--data', 'drawn', '--out', 'm/b.onnx', '--threads', '1', '--json'));
  assert.equal(second.cached, 60);
  assert.equal(await weightsOf('m/a.onnx'), await weightsOf('m/b.onnx'));
  const { metadata } = await readModelFile(join(cwd, 'm/a.onnx'));
  assert.equal(metadata.kind, 'transfer');
  assert.equal(metadata.familiarity, undefined, '60 photos say nothing about one false alarm in a hundred');
  assert.deepEqual(metadata.dataset.counts, { train: { cats: 30, dogs: 30 } });
});

test('evaluate and predict take it as any other model, and give the same answers', async () => {
  const evaluated = JSON.parse(
    (await pawprint('evaluate', '--model', 'm/a.onnx', '--data', 'drawn', '--json')).out,
  ) as {
    correct: number;
    total: number;
  };
  const lines = (await pawprint('predict', '--model', 'm/a.onnx', 'drawn', '--json')).out.trimEnd().split('\n');
  const right = lines
    .map((line) => JSON.parse(line) as { file: string; label: string })
    .filter(({ file, label }) => file.includes(`/${label}/`)).length;
  assert.equal(evaluated.total, 60);
  assert.equal(right, evaluated.correct);
  assert.ok(right >= 54, `${right} of the 60 pictures that it learnt from`);
});

test('bad photos are left out by name, and the rest is learnt', async () => {
  await cp(join(cwd, 'drawn'), join(cwd, 'bad'), { recursive: true });
  await writeFile(join(cwd, 'bad/cats/zero.jpg'), '');
  const [some = ''] = await readdir(join(cwd, 'bad/dogs'));
  const bytes = await readFile(join(cwd, 'bad/dogs', some));
  await writeFile(join(cwd, 'bad/dogs/cut.jpg'), bytes.subarray(0, 300));
  const { photos: count, leftOut } = resultOf(await train('--data', 'bad', '--out', 'm/bad.onnx', '--json'));
  assert.equal(count, 60);
  assert.deepEqual(leftOut.map(({ name }) => name).sort(), ['cats/zero.jpg', 'dogs/cut.jpg']);
});

test('what it cannot learn from is refused, and no model is left', async () => {
  const picture = await readFile(join(cwd, 'drawn/cats', (await readdir(join(cwd, 'drawn/cats')))[0] ?? ''));
  const other = await readFile(join(cwd, 'drawn/dogs', (await readdir(join(cwd, 'drawn/dogs')))[0] ?? ''));
  const write = async (folder: string, files: Readonly<Record<string, Buffer>>): Promise<void> => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(join(cwd, folder, name, '..'), { recursive: true });
      await writeFile(join(cwd, folder, name), bytes);
    }
  };
  await write('one-each', { 'cats/a.jpg': picture, 'dogs/b.jpg': other });
  await write('alike', { 'cats/a.jpg': picture, 'cats/b.jpg': picture, 'dogs/c.jpg': picture, 'dogs/d.jpg': picture });
  await write('one-class', { 'cats/a.jpg': picture, 'cats/b.jpg': other });
  await write('test-only', { 'test/cats/a.jpg': picture, 'test/dogs/b.jpg': other });
  for (const folder of ['one-each', 'alike', 'one-class', 'test-only', 'nowhere']) {
    const { exitCode, err } = await train('--data', folder, '--out', 'm/none.onnx');
    assert.equal(exitCode, 1, folder);
    assert.match(err, /hint:/, folder);
    assert.ok(!existsSync(join(cwd, 'm/none.onnx')), folder);
  }
});

test('a prepared data set whose photos are gone is no bug, but says so', async () => {
  await cp(join(cwd, 'drawn'), join(cwd, 'there'), { recursive: true });
  assert.equal((await pawprint('data', 'prepare', '--data', 'there', '--to', 'prepared-there')).exitCode, 0);
  await rename(join(cwd, 'there'), join(cwd, 'elsewhere'));
  const args = ['--data', 'prepared-there', '--cache', 'fresh-cache', '--out', 'm/none.onnx'];
  const { exitCode, err } = await train(...args);
  assert.equal(exitCode, 1);
  assert.match(err, /none of the \d+ photos can be read/);
  assert.doesNotMatch(err, /bug in Pawprint/);
});

test('flags of the other way of training, and files that are no backbone, are refused by name', async () => {
  for (const [args, word] of [
    [['transfer', '--epochs', '3'], /--epochs/],
    [['cnn', '--mirrored'], /--mirrored/],
    [['transfer', '--out', 'model.bin'], /\.onnx/],
  ] as const) {
    const { exitCode, err } = await pawprint('train', ...args, '--data', 'drawn');
    assert.equal(exitCode, 2, args.join(' '));
    assert.match(err, word);
  }
  await writeFile(join(cwd, 'text.onnx'), 'not a network');
  const { exitCode, err } = await train('--data', 'drawn', '--backbone', 'text.onnx', '--out', 'm/none.onnx');
  assert.equal(exitCode, 1);
  assert.match(err, /text\.onnx/);
});

test(
  '200 real photos teach it nearly all others; it knows drawings for what they are',
  { skip: noPhotos },
  async () => {
    for (const [split, count] of [
      ['train', 100],
      ['test', 100],
    ] as const)
      for (const name of ['cats', 'dogs'])
        for (const file of (await readdir(join(photos, split, name))).sort().slice(0, count))
          await cp(join(photos, split, name, file), join(cwd, 'real', split, name, file));
    const trained = await train('--data', 'real', '--out', 'm/real.onnx', '--json');
    assert.equal(resultOf(trained).photos, 200, 'the test split is not learnt from');
    const { out } = await pawprint('evaluate', '--model', 'm/real.onnx', '--data', 'real/test', '--json');
    const scores = JSON.parse(out) as { correct: number; total: number; abstention: { neither: number } };
    assert.equal(scores.total, 200);
    assert.ok(scores.correct >= 190, `${scores.correct} of 200`);
    assert.ok(scores.abstention.neither <= 10, `${scores.abstention.neither} of 200 photos of pets taken for neither`);
    const lines = (await pawprint('predict', '--model', 'm/real.onnx', 'drawn', '--json')).out.trimEnd().split('\n');
    const strange = lines.filter((line) => (JSON.parse(line) as { answer: string }).answer === 'neither').length;
    assert.ok(strange >= 40, `${strange} of 60 drawings are neither`);
  },
);
