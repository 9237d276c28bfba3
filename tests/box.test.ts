// The models in the box: the files are those of their cards, and work from an empty folder without any training.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { hashFile } from '../src/core/index.ts';
import { Predictor } from '../src/inference/index.ts';
import { readModelFile } from '../src/models/index.ts';
import { runInProcess } from './support/run-in-process.ts';
import { repositoryRoot } from './support/run-pawprint.ts';

const box = join(repositoryRoot, 'models/cats-vs-dogs');
const photos = join(repositoryRoot, '../shared/data/cats-vs-dogs/test');
const noPhotos = existsSync(photos) ? false : 'the real photos are not here';

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-box-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

for (const kind of ['transfer', 'cnn'] as const)
  test(`${kind}: the card names this very file, and the data version and seed in it`, async () => {
    const path = join(box, `${kind}.onnx`);
    const { metadata } = await readModelFile(path);
    const card = readFileSync(join(box, `${kind}.md`), 'utf8');
    assert.equal(metadata.kind, kind);
    assert.ok(card.includes(await hashFile('sha256', path)));
    assert.ok(card.includes(metadata.dataset.md5));
    assert.ok(card.includes(`Seed ${metadata.lineage.seed};`));
  });

for (const kind of ['transfer', 'cnn'] as const)
  test(`${kind}: gives its known answer on this machine too`, async () => {
    const predictor = await Predictor.load(join(box, `${kind}.onnx`));
    try {
      assert.equal(await predictor.proveKnownAnswer(), 'proven');
    } finally {
      await predictor.close();
    }
  });

test('predict without a model uses the one in the box and says so; a drawing is no cat and no dog', async (t) => {
  const cwd = await emptyFolder(t);
  await runInProcess(['data', 'sample', '--to', 'drawn', '--count', '20'], { cwd });
  const { exitCode, out, err } = await runInProcess(['predict', 'drawn', '--json'], { cwd });
  assert.equal(exitCode, 0, err);
  assert.match(err, /in the box/);
  const answers = out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { answer: string }).answer);
  assert.equal(answers.length, 20);
  assert.ok(answers.filter((answer) => answer === 'neither').length >= 14, answers.join(' '));
  // A model of one's own goes before it.
  await cp(join(box, 'cnn.onnx'), join(cwd, 'models/cnn.onnx'));
  const own = await runInProcess(['predict', 'drawn', '--json'], { cwd });
  assert.deepEqual([own.exitCode, own.err], [0, '']);
});

test('real photos are given their class, with few exceptions', { skip: noPhotos }, async (t) => {
  const cwd = await emptyFolder(t);
  for (const name of ['cats', 'dogs'])
    for (const file of (await readdir(join(photos, name))).sort().slice(0, 60))
      await cp(join(photos, name, file), join(cwd, 'photos', name, file));
  const { exitCode, out } = await runInProcess(['evaluate', '--data', 'photos', '--json', '--no-report'], { cwd });
  assert.equal(exitCode, 0);
  const { correct, total } = JSON.parse(out) as { correct: number; total: number };
  assert.equal(total, 120);
  assert.ok(correct >= 115, `${correct} of 120`);
});
