// pawprint evaluate on a model whose answers are known: scores, files, data folders of every kind, gates, bad input.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { writeColourModel, writeColourPicture } from './support/colour-model.ts';
import { runInProcess, type InProcessOutcome } from './support/run-in-process.ts';
import { repositoryRoot } from './support/run-pawprint.ts';

interface Report {
  accuracy: number;
  correct: number;
  total: number;
  accuracyInterval95: { low: number; high: number };
  precision: number;
  recall: number;
  f1: number;
  perClass: Record<string, { precision: number; recall: number; f1: number; support: number }>;
  rocAuc: number | null;
  logLoss: number;
  ece: number;
  brier: number;
  confusionMatrix: number[][];
  skipped: { file: string; error: { code: string; message: string; hint?: string } }[];
  warnings: string[];
  model: { sha256: string };
  dataset: { md5: string; split: string | null; from: string };
  gate: { minAccuracy: number; met: boolean } | null;
  report: string | null;
  error?: { code: string; message: string; expected?: string; received?: string; hint?: string };
}

let cwd = '';
const evaluate = (...args: string[]): Promise<InProcessOutcome> => runInProcess(['evaluate', ...args], { cwd });
async function report(...args: string[]): Promise<Report> {
  return JSON.parse((await evaluate(...args, '--json')).out) as Report;
}

const reddish = (i: number): [number, number, number] => [200, i, 40];
const bluish = (i: number): [number, number, number] => [40, i, 200];

/** The model takes red for dogs: of six cats one is red, of five dogs two are blue. */
async function writeAnimals(
  directory: string,
  [cats, dogs]: readonly [string, string] = ['cats', 'dogs'],
): Promise<void> {
  for (let i = 0; i < 6; i++)
    await writeColourPicture(join(directory, cats, `${i}.jpg`), i === 0 ? [250, 0, 0] : bluish(20 * i));
  for (let i = 0; i < 5; i++)
    await writeColourPicture(join(directory, dogs, `${i}.png`), i < 2 ? bluish(10 + i) : reddish(20 * i));
}

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-evaluate-'));
  await writeColourModel(join(cwd, 'models/cnn.onnx'));
  await writeAnimals(join(cwd, 'plain'));
});
after(async () => rm(cwd, { recursive: true, force: true }));

test('a folder of class folders: every score as counted by hand, every file of the report', async () => {
  const result = await report('--data', 'plain', '--out', 'reports/plain');
  assert.deepEqual(result.confusionMatrix, [
    [5, 1],
    [2, 3],
  ]);
  assert.deepEqual([result.correct, result.total, result.accuracy], [8, 11, 8 / 11]);
  assert.ok(result.accuracyInterval95.low < 8 / 11 && result.accuracyInterval95.high > 8 / 11);
  assert.deepEqual([result.perClass['cats']?.support, result.perClass['cats']?.recall], [6, 5 / 6]);
  assert.ok(Math.abs(result.precision - (5 / 7 + 3 / 4) / 2) < 1e-12);
  assert.ok(Math.abs(result.recall - (5 / 6 + 3 / 5) / 2) < 1e-12);
  assert.ok((result.rocAuc ?? 0) > 0.5 && result.logLoss > 0 && result.brier > 0 && result.ece > 0 && result.f1 > 0);
  assert.deepEqual([result.skipped, result.warnings, result.gate], [[], [], null]);
  assert.match(result.dataset.md5, /^[0-9a-f]{32}$/);
  assert.match(result.model.sha256, /^[0-9a-f]{64}$/);

  const out = join(cwd, 'reports/plain');
  assert.deepEqual((await readdir(out)).sort(), [
    'confusion_matrix.png',
    'coverage.png',
    'evaluation.json',
    'index.html',
    'predictions.csv',
    'reliability.png',
    'roc.png',
  ]);
  for (const name of ['confusion_matrix.png', 'roc.png', 'reliability.png'])
    assert.deepEqual([...(await readFile(join(out, name))).subarray(1, 4)], [...Buffer.from('PNG')], name);
  const rows = parse<Record<string, string>>(await readFile(join(out, 'predictions.csv'), 'utf8'), { columns: true });
  assert.equal(rows.length, 11);
  assert.equal(rows.filter((row) => row['correct'] === '1').length, 8);
  assert.deepEqual([rows[0]?.['file'], rows[0]?.['label'], rows[0]?.['predicted']], ['cats/0.jpg', 'cats', 'dogs']);
});

test('the page: each cell of the matrix opens its pictures, the surest mistakes first', async () => {
  await report('--data', 'plain', '--out', 'reports/page');
  const page = await readFile(join(cwd, 'reports/page/index.html'), 'utf8');
  for (const [cell, count] of [
    ['0-0', 5],
    ['0-1', 1],
    ['1-0', 2],
    ['1-1', 3],
  ] as const) {
    assert.ok(page.includes(`<a href="#cell-${cell}">${count}</a>`), cell);
    const pictures = (page.split(`<div id="cell-${cell}">`)[1] ?? '').split('</details>')[0] ?? '';
    assert.equal(pictures.match(/<img src="data:image\/jpeg;base64,/g)?.length, count, cell);
    const sure = [...pictures.matchAll(/([\d.]+) %/g)].map((match) => Number(match[1]));
    assert.equal(sure.length, count);
    assert.deepEqual(
      sure,
      sure.toSorted((a, b) => (cell[0] === cell[2] ? a - b : b - a)),
      cell,
    );
  }
  assert.ok(page.includes('href="../../plain/cats/0.jpg"'), 'a picture links to its file');
});

test('class folders in any case, singular or plural, deeper folders included', async () => {
  await writeAnimals(join(cwd, 'named'), ['Cat/indoors', 'DOGS']);
  const result = await report('--data', 'named', '--no-report');
  assert.deepEqual([result.correct, result.total, result.report], [8, 11, null]);
  assert.deepEqual(Object.keys(result.perClass), ['cats', 'dogs']);
});

test('broken photos among good ones are left out, listed, and counted in no score', async () => {
  await cp(join(cwd, 'plain'), join(cwd, 'broken'), { recursive: true });
  await writeFile(join(cwd, 'broken/cats/empty.jpg'), '');
  await writeFile(join(cwd, 'broken/dogs/text.jpg'), 'not a picture');
  const whole = await readFile(join(cwd, 'plain/dogs/4.png'));
  await writeFile(join(cwd, 'broken/dogs/cut.png'), whole.subarray(0, whole.length / 2));
  const [clean, result] = [await report('--data', 'plain', '--no-report'), await report('--data', 'broken')];
  assert.deepEqual(
    result.skipped.map(({ file }) => file),
    ['cats/empty.jpg', 'dogs/cut.png', 'dogs/text.jpg'],
  );
  for (const { error } of result.skipped) assert.match(error.code, /^IMAGE_/);
  assert.match(result.warnings.join(), /3 photos could not be read/);
  assert.deepEqual(
    [result.accuracy, result.logLoss, result.dataset.md5],
    [clean.accuracy, clean.logLoss, clean.dataset.md5],
  );
  const text = (await evaluate('--data', 'broken', '--no-report')).out;
  assert.match(text, /cats\/empty\.jpg: /);
  await mkdir(join(cwd, 'all-bad/cats'), { recursive: true });
  await writeFile(join(cwd, 'all-bad/cats/a.jpg'), 'x');
  assert.equal((await report('--data', 'all-bad')).error?.code, 'DATASET_INVALID');
});

test('one class only: scores with a warning, no ROC, and no chart of an earlier run', async () => {
  await cp(join(cwd, 'plain/cats'), join(cwd, 'one/cats'), { recursive: true });
  await report('--data', 'plain', '--out', 'reports/one');
  assert.ok(existsSync(join(cwd, 'reports/one/roc.png')));
  const result = await report('--data', 'one', '--out', 'reports/one');
  assert.deepEqual([result.total, result.correct, result.rocAuc], [6, 5, null]);
  assert.match(result.warnings.join(), /no photos of dogs/);
  assert.ok(!existsSync(join(cwd, 'reports/one/roc.png')));
  assert.match((await evaluate('--data', 'one', '--no-report')).out, /ROC AUC +not defined/);
});

test('split folders: --split chooses, test unless told; what is not there is said with what is', async () => {
  await cp(join(cwd, 'plain'), join(cwd, 'splits/Test'), { recursive: true });
  await cp(join(cwd, 'plain/cats'), join(cwd, 'splits/train/cats'), { recursive: true });
  const byDefault = await report('--data', 'splits', '--no-report');
  assert.deepEqual([byDefault.total, byDefault.dataset.split], [11, 'test']);
  assert.equal((await report('--data', 'splits', '--split', 'train', '--no-report')).total, 6);
  const missing = await report('--data', 'splits', '--split', 'validation');
  assert.equal(missing.error?.code, 'DATASET_INVALID');
  assert.match(missing.error.received ?? '', /Test, train/);
  assert.match((await report('--data', 'plain', '--split', 'test')).error?.hint ?? '', /Leave out --split/);
});

test('data that cannot be scored: missing, a file, empty, a class that the model does not know', async () => {
  await mkdir(join(cwd, 'empty/cats'), { recursive: true });
  await cp(join(cwd, 'plain'), join(cwd, 'birds'), { recursive: true });
  await writeColourPicture(join(cwd, 'birds/birds/1.png'), [1, 2, 3]);
  for (const [data, code, message] of [
    ['nowhere', 'FILE_NOT_FOUND', /nowhere/],
    ['plain/cats/0.jpg', 'NOT_A_DIRECTORY', /is a file/],
    ['empty', 'DATASET_INVALID', /no photos/],
    ['birds', 'DATASET_INVALID', /does not know the class "birds"/],
  ] as const) {
    const { exitCode, out } = await evaluate('--data', data, '--out', 'reports/never', '--json');
    const { error } = JSON.parse(out) as Report;
    assert.deepEqual([exitCode, error?.code], [1, code], data);
    assert.match(error?.message ?? '', message);
    assert.ok((error?.hint ?? '').length > 0);
  }
  assert.ok(!existsSync(join(cwd, 'reports/never')));
  await writeFile(join(cwd, 'text.onnx'), 'not a model');
  assert.equal((await report('--data', 'plain', '--model', 'text.onnx')).error?.code, 'MODEL_INVALID');
  assert.equal((await report('--data', 'plain', '--model', 'none.onnx')).error?.code, 'FILE_NOT_FOUND');
  assert.equal((await report('--data', 'plain', '--out', 'text.onnx')).error?.code, 'NOT_A_DIRECTORY');
  assert.equal(await readFile(join(cwd, 'text.onnx'), 'utf8'), 'not a model');
});

test('the gate: exit code 3 below it, with the report written all the same', async () => {
  const below = await evaluate('--data', 'plain', '--min-accuracy', '0.9', '--out', 'reports/gate');
  assert.equal(below.exitCode, 3);
  assert.match(below.out, /GATE_NOT_MET: accuracy 72\.73 % is below 90\.00 %/);
  assert.ok(existsSync(join(cwd, 'reports/gate/index.html')));
  const met = await evaluate('--data', 'plain', '--min-accuracy', '0.7', '--no-report', '--json');
  assert.equal(met.exitCode, 0);
  assert.deepEqual((JSON.parse(met.out) as Report).gate, { minAccuracy: 0.7, met: true });
  assert.equal((await evaluate('--data', 'plain', '--min-accuracy', '83')).exitCode, 2);
});

test('learning curves are drawn from the history beside the model; a damaged one spoils nothing', async () => {
  const history = [1, 2].map((epoch) => ({
    epoch,
    trainLoss: 1 / epoch,
    trainAccuracy: 0.5,
    validationLoss: 1,
    validationAccuracy: 0.5,
    learningRate: 0.1,
    imagesPerSecond: 9,
  }));
  await writeColourModel(join(cwd, 'models/with.onnx'));
  await writeFile(join(cwd, 'models/with.history.json'), JSON.stringify(history));
  await report('--data', 'plain', '--model', 'models/with.onnx', '--out', 'reports/curves');
  assert.ok(existsSync(join(cwd, 'reports/curves/learning_curves.png')));
  await writeFile(join(cwd, 'models/with.history.json'), '{"epochs": "none"}');
  const { exitCode, err } = await evaluate('--data', 'plain', '--model', 'models/with.onnx', '--out', 'reports/curves');
  assert.equal(exitCode, 0);
  assert.match(err, /no learning curves: .*history\.json/);
  assert.ok(!existsSync(join(cwd, 'reports/curves/learning_curves.png')));
});

test('a prepared data set: shards and photos give the same predictions to the bit', async (t) => {
  const source = join(repositoryRoot, '../shared/data/cats-vs-dogs');
  if (!existsSync(source)) {
    t.skip('the real photos are not here');
    return;
  }
  for (const split of ['train', 'test'])
    for (const name of ['cats', 'dogs']) {
      const files = (await readdir(join(source, split, name))).sort().slice(0, 20);
      await mkdir(join(cwd, 'raw', split, name), { recursive: true });
      for (const file of files) await cp(join(source, split, name, file), join(cwd, 'raw', split, name, file));
    }
  const prepared = await runInProcess('data prepare --data raw --to prepared --image-size-px 16'.split(' '), { cwd });
  assert.equal(prepared.exitCode, 0, prepared.err);
  const fromShards = await report('--data', 'prepared', '--out', 'reports/shards');
  const fromPhotos = await report('--data', 'raw', '--split', 'test', '--out', 'reports/photos');
  assert.deepEqual([fromShards.dataset.from, fromPhotos.dataset.from], ['shards', 'photos']);
  assert.deepEqual([fromShards.total, fromShards.dataset.split], [40, 'test']);
  const predictions = (name: string): Promise<string> =>
    readFile(join(cwd, 'reports', name, 'predictions.csv'), 'utf8');
  const sorted = async (name: string): Promise<string[]> => (await predictions(name)).split('\n').sort();
  // The names are relative to the folder that was given: raw/ in both.
  assert.deepEqual(await sorted('shards'), await sorted('photos'));
  assert.deepEqual(fromShards.confusionMatrix, fromPhotos.confusionMatrix);

  await writeColourModel(join(cwd, 'models/larger.onnx'), { imageSizePx: 24 });
  const larger = await report('--data', 'prepared', '--model', 'models/larger.onnx', '--no-report');
  assert.deepEqual([larger.dataset.from, larger.total], ['photos', 40]);
  assert.equal(larger.dataset.md5, fromShards.dataset.md5);

  await rm(join(cwd, 'raw'), { recursive: true });
  const withoutPhotos = await report('--data', 'prepared', '--out', 'reports/bare');
  assert.deepEqual(withoutPhotos.confusionMatrix, fromShards.confusionMatrix);
  assert.match(await readFile(join(cwd, 'reports/bare/index.html'), 'utf8'), /data:image\/gif/);
  const undecodable = await report('--data', 'prepared', '--model', 'models/larger.onnx');
  assert.equal(undecodable.error?.code, 'DATASET_INVALID');
});
