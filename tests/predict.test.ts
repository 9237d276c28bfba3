// pawprint predict on a model whose answers are known: formats, order, bad files in place, standard input, bad models.
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { writeColourModel, writeColourPicture } from './support/colour-model.ts';
import { runInProcess, type InProcessOutcome } from './support/run-in-process.ts';
import { runPawprint } from './support/run-pawprint.ts';

interface Line {
  file: string;
  label?: string;
  confidence?: number;
  probabilities?: Record<string, number>;
  error?: { code: string; message: string; hint?: string };
}

const red = [255, 0, 0] as const;
const blue = [0, 0, 255] as const;
let cwd = '';

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-predict-'));
  await writeColourModel(join(cwd, 'models/cnn.onnx'));
  await writeColourPicture(join(cwd, 'red.jpg'), red);
  await writeColourPicture(join(cwd, 'blue.png'), blue);
  await writeFile(join(cwd, 'notes.txt'), 'no picture at all');
  for (let i = 0; i < 70; i++)
    await writeColourPicture(join(cwd, 'many', `${String(i).padStart(3, '0')}.png`), [i * 3, 0, 255 - i * 3]);
  await writeFile(join(cwd, 'many', '020.jpg'), (await readFile(join(cwd, 'red.jpg'))).subarray(0, 200));
  await writeFile(join(cwd, 'many', '050.jpg'), '');
});
after(async () => rm(cwd, { recursive: true, force: true }));

const predict = (...args: string[]): Promise<InProcessOutcome> => runInProcess(['predict', ...args], { cwd });
const linesOf = (out: string): Line[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

test('--json: one object a file, in the order given, with the probabilities that the model must give', async () => {
  const { exitCode, out, err } = await predict('red.jpg', 'blue.png', '--json');
  assert.deepEqual([exitCode, err], [0, '']);
  const lines = linesOf(out);
  assert.deepEqual(
    lines.map(({ file, label }) => [file, label]),
    [
      ['red.jpg', 'dogs'],
      ['blue.png', 'cats'],
    ],
  );
  const sure = 1 / (1 + Math.exp(-4));
  assert.ok(Math.abs((lines[1]?.confidence ?? 0) - sure) < 1e-6);
  assert.ok(Math.abs((lines[0]?.confidence ?? 0) - sure) < 2e-3, 'JPEG is not exact');
  assert.ok(Math.abs((lines[1]?.probabilities?.['dogs'] ?? 0) - (1 - sure)) < 1e-6);
});

test('a folder is walked in order; broken files are reported in place, the rest goes on, the exit code is 1', async () => {
  const { exitCode, out, err } = await predict('many', 'missing.jpg', 'notes.txt', 'red.jpg', '--json');
  assert.equal(exitCode, 1);
  assert.match(err, /4 of 75 could not be predicted/);
  const lines = linesOf(out);
  assert.equal(lines.length, 75);
  const names = lines.map((line) => line.file);
  assert.deepEqual(names.slice(0, 72), names.slice(0, 72).toSorted());
  assert.deepEqual(
    lines.flatMap(({ file, error }) => (error === undefined ? [] : [[file, error.code]])),
    [
      [join('many', '020.jpg'), 'IMAGE_UNREADABLE'],
      [join('many', '050.jpg'), 'IMAGE_UNREADABLE'],
      ['missing.jpg', 'FILE_NOT_FOUND'],
      ['notes.txt', 'IMAGE_UNSUPPORTED'],
    ],
  );
  for (const { error } of lines) if (error !== undefined) assert.ok((error.hint ?? '').length > 0, error.message);
  const dogs = lines.filter((line) => line.file.endsWith('.png')).map((line) => line.probabilities?.['dogs'] ?? NaN);
  for (const [i, p] of dogs.entries())
    assert.ok(i === 0 || p > (dogs[i - 1] ?? 1), `photo ${i} is redder than the last`);
});

test('batches of any size give the very same lines', async () => {
  const outputs = await Promise.all(['1', '7', '1000'].map((size) => predict('many', '--json', '--batch-size', size)));
  const [first] = outputs;
  assert.ok(first !== undefined && first.out.length > 1000);
  for (const output of outputs) assert.equal(output.out, first.out);
});

test('--csv has a header and a row a file, errors in their own column; the table aligns', async () => {
  const csv = parse((await predict('red.jpg', 'notes.txt', '--csv')).out);
  assert.deepEqual(csv[0], ['file', 'label', 'confidence', 'cats', 'dogs', 'answer', 'error']);
  assert.deepEqual([csv[1]?.[0], csv[1]?.[1], csv[1]?.[5], csv[1]?.[6]], ['red.jpg', 'dogs', 'dogs', '']);
  assert.equal(Number(csv[1]?.[2]), Number(csv[1]?.[4]));
  assert.deepEqual(csv[2]?.slice(0, 6), ['notes.txt', '', '', '', '', '']);
  assert.match(csv[2][6] ?? '', /^IMAGE_UNSUPPORTED: /);
  const table = (await predict('red.jpg', 'blue.png')).out.trimEnd().split('\n');
  assert.equal(table.length, 3);
  assert.deepEqual(
    table.map((line) => line.slice((table[0] ?? '').indexOf('file'))),
    ['file', 'red.jpg', 'blue.png'],
  );
});

test('- reads one picture from standard input, and says so when there is none', async () => {
  const stdin = await readFile(join(cwd, 'red.jpg'));
  const { exitCode, out } = await runInProcess(['predict', '-', 'blue.png', '--json'], { cwd, stdin });
  assert.equal(exitCode, 0);
  assert.deepEqual(
    linesOf(out).map(({ file, label }) => [file, label]),
    [
      ['-', 'dogs'],
      ['blue.png', 'cats'],
    ],
  );
  const empty = await predict('-', '--json');
  assert.equal(empty.exitCode, 1);
  assert.equal(linesOf(empty.out)[0]?.file, '-');
  assert.ok(linesOf(empty.out)[0]?.error !== undefined);
});

test('what contradicts itself on the command line is a usage error', async () => {
  for (const args of [['red.jpg', '--json', '--csv'], ['-', '-'], [], ['red.jpg', '--batch-size', '0']])
    assert.equal((await predict(...args)).exitCode, 2, args.join(' '));
});

test('a folder without pictures, and a folder that is empty, are errors in place', async () => {
  await mkdir(join(cwd, 'empty'), { recursive: true });
  const { exitCode, out } = await predict('empty', 'red.jpg', '--json');
  assert.equal(exitCode, 1);
  assert.deepEqual(
    linesOf(out).map((line) => line.error?.code ?? line.label),
    ['DATASET_INVALID', 'dogs'],
  );
});

test('a model that is missing, truncated, not ONNX, or gives no numbers is one clear error', async () => {
  const model = join(cwd, 'models/cnn.onnx');
  const truncated = join(cwd, 'truncated.onnx');
  await copyFile(model, truncated);
  await truncate(truncated, 2000);
  await writeColourModel(join(cwd, 'broken.onnx'), { strength: NaN });
  for (const [path, code] of [
    ['missing.onnx', 'FILE_NOT_FOUND'],
    ['truncated.onnx', 'MODEL_INVALID'],
    ['red.jpg', 'MODEL_INVALID'],
    ['notes.txt', 'MODEL_INVALID'],
    ['broken.onnx', 'MODEL_INVALID'],
  ] as const) {
    const { exitCode, out, err } = await predict('red.jpg', '--model', path, '--json');
    assert.equal(exitCode, 1, path);
    assert.equal((JSON.parse(out) as Line).error?.code, code, path);
    assert.match(err, /hint:/, path);
  }
});

test('three classes: a softmax over the logits, tempered', async () => {
  await writeColourModel(join(cwd, 'three.onnx'), { classNames: ['blue', 'green', 'red'], temperature: 2 });
  const { out } = await predict('blue.png', '--model', 'three.onnx', '--json');
  const { label, probabilities } = JSON.parse(out) as Line;
  assert.equal(label, 'blue');
  const sum = Math.exp(2) + 2;
  for (const [name, expected] of [
    ['blue', Math.exp(2) / sum],
    ['green', 1 / sum],
    ['red', 1 / sum],
  ] as const)
    assert.ok(Math.abs((probabilities?.[name] ?? 0) - expected) < 1e-6, name);
});

test('a reader that stops early (| head) ends the command without a word', async () => {
  // More than a pipe holds, so that the command cannot be done before its reader is gone.
  const folders = Array.from({ length: 12 }, () => 'many');
  const { exitCode, err } = await runPawprint(['predict', ...folders, '--json'], {
    cwd,
    meanwhile: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
  });
  assert.deepEqual([exitCode, err], [0, '']);
});
