// pawprint explain and predict --explain through the command line; that maps add up to the logit; and that they tell the
// truth: covering the hot part of a photo costs the answer more than covering the cold part.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRandom } from '../src/core/index.ts';
import { createPreprocessor, inspectImage, type Preprocessor } from '../src/image/index.ts';
import { createExplainer, Predictor, summariseOcclusion } from '../src/inference/index.ts';
import { runInProcess, type InProcessOutcome } from './support/run-in-process.ts';
import { repositoryRoot } from './support/run-pawprint.ts';

const box = join(repositoryRoot, 'models/cats-vs-dogs');
const photos = join(repositoryRoot, '../shared/data/cats-vs-dogs/test');
const noPhotos = existsSync(photos) ? false : 'the real photos are not here';
let cwd = '';

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-explain-'));
  await pawprint('data', 'sample', '--to', 'drawn', '--count', '4');
  await writeFile(join(cwd, 'drawn/cats/broken.jpg'), 'no picture');
  const [first = ''] = (await readdir(join(cwd, 'drawn/dogs'))).sort();
  await cp(join(cwd, 'drawn/dogs', first), join(cwd, 'dog.jpg'));
});
after(async () => rm(cwd, { recursive: true, force: true }));

const pawprint = (...args: string[]): Promise<InProcessOutcome> => runInProcess(args, { cwd });
interface Line {
  file: string;
  label: string;
  class: string;
  probability: number;
  method: string;
  out?: string;
  explanation?: string;
  error?: { code: string };
}
const linesOf = ({ out }: InProcessOutcome): Line[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const isPng = async (path: string): Promise<boolean> =>
  (await readFile(join(cwd, path))).subarray(1, 4).toString('latin1') === 'PNG';

for (const [kind, method] of [
  ['transfer', 'cam'],
  ['cnn', 'grad-cam'],
] as const)
  test(`one photo, ${kind}: a picture, and what it shows`, async () => {
    const outcome = await pawprint(
      'explain',
      'dog.jpg',
      '--model',
      join(box, `${kind}.onnx`),
      '--out',
      'h.png',
      '--json',
    );
    assert.equal(outcome.exitCode, 0, outcome.err);
    const [line] = linesOf(outcome);
    assert.deepEqual([line?.method, line?.class, line?.out], [method, line?.label, 'h.png']);
    assert.ok(await isPng('h.png'));
    const { width, height } = await inspectImage(await readFile(join(cwd, 'h.png')));
    assert.ok(width >= 320 && height >= 240, `${width} x ${height}`);
  });

test('--class asks for the evidence of the other class; an unknown one is refused', async () => {
  const of = async (name: string): Promise<Line | undefined> =>
    linesOf(await pawprint('explain', 'dog.jpg', '--class', name, '--out', `${name}.png`, '--json'))[0];
  const [cat, dog] = [await of('cats'), await of('dogs')];
  assert.deepEqual([cat?.class, dog?.class], ['cats', 'dogs']);
  assert.ok(Math.abs((cat?.probability ?? 0) + (dog?.probability ?? 0) - 1) < 1e-9);
  assert.notDeepEqual(await readFile(join(cwd, 'cats.png')), await readFile(join(cwd, 'dogs.png')));
  const unknown = await pawprint('explain', 'dog.jpg', '--class', 'hamsters');
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.err, /hamsters/);
});

test('a folder: one picture each, a broken file in its place, exit code 1', async () => {
  const outcome = await pawprint('explain', 'drawn', '--out', 'heat', '--json');
  assert.equal(outcome.exitCode, 1);
  const lines = linesOf(outcome);
  assert.equal(lines.length, 5);
  assert.equal(lines.filter(({ error }) => error !== undefined).length, 1);
  for (const { out } of lines.filter(({ error }) => error === undefined)) assert.ok(await isPng(out ?? ''));
});

test('predict --explain answers as predict does, and names a picture for each photo', async () => {
  const plain = linesOf(await pawprint('predict', 'drawn', '--json'));
  const explained = linesOf(await pawprint('predict', 'drawn', '--explain', 'why', '--json'));
  assert.deepEqual(
    explained.map(({ explanation: _, ...line }) => line),
    plain,
  );
  for (const { explanation, error } of explained)
    assert.ok(error === undefined ? await isPng(explanation ?? '') : explanation === undefined);
});

test('what it cannot do is said, and nothing is written', async () => {
  for (const [args, exitCode] of [
    [['dog.jpg', '--out', 'heat.jpg'], 2],
    [['drawn', '--out', 'one.png'], 2],
    [['nowhere.jpg', '--out', 'none.png'], 1],
    [['drawn/cats/broken.jpg', '--out', 'none.png'], 1],
    [['dog.jpg', '--model', 'dog.jpg', '--out', 'none.png'], 1],
  ] as const) {
    const outcome = await pawprint('explain', ...args);
    assert.equal(outcome.exitCode, exitCode, args.join(' '));
    assert.match(outcome.err, /pawprint: /);
  }
  for (const name of ['heat.jpg', 'one.png', 'none.png']) assert.ok(!existsSync(join(cwd, name)), name);
});

test('a class activation map adds up: its mean and the bias are the logit, nearly, and for both classes', async () => {
  const explainer = await createExplainer(join(box, 'transfer.onnx'), { threads: 1 });
  try {
    const preprocessor = createPreprocessor(explainer.metadata.preprocessing);
    const record = Uint8Array.from(await preprocessor.record(await readFile(join(cwd, 'dog.jpg'))));
    for (const labelIndex of [0, 1]) {
      const { map, offset, logit } = await explainer.explainRecord(record, { labelIndex });
      const sum = map.reduce((total, value) => total + value, 0) / map.length + (offset ?? NaN);
      // The pooled features are rounded to 8 bits in this backbone.
      assert.ok(Math.abs(sum - logit) < 0.05 * Math.max(1, Math.abs(logit)), `${sum} for ${logit}`);
    }
  } finally {
    await explainer.close();
  }
});

/** 60 real test photos as the model sees them. */
async function* records(preprocessor: Preprocessor): AsyncGenerator<Uint8Array> {
  for (const name of ['cats', 'dogs'])
    for (const file of (await readdir(join(photos, name))).sort().slice(0, 30))
      yield Uint8Array.from(await preprocessor.record(await readFile(join(photos, name, file))));
}

for (const kind of ['transfer', 'cnn'] as const)
  test(`over real photos, covering the hot part costs the answer more (${kind})`, { skip: noPhotos }, async () => {
    const path = join(box, `${kind}.onnx`);
    const [explainer, predictor] = [await createExplainer(path), await Predictor.load(path)];
    try {
      const preprocessor = createPreprocessor(predictor.metadata.preprocessing);
      const result = await summariseOcclusion({ explainer, predictor }, records(preprocessor), (i) =>
        createRandom(1, i),
      );
      assert.ok(result.hot > result.random && result.random >= result.cold, JSON.stringify(result));
      assert.ok(result.hot > 2 * Math.max(0.005, result.cold), JSON.stringify(result));
    } finally {
      await Promise.all([explainer.close(), predictor.close()]);
    }
  });
