import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { PawprintError, silentProgress } from '../core/index.ts';
import { inspectOnnx } from '../graph/index.ts';
import { readModelFile } from '../models/index.ts';
import { madeUpDataset } from './test-fixtures/made-up-dataset.ts';
import { trainParamsSchema } from './params.ts';
import { checkpointDirectory, train, type TrainOptions } from './train.ts';

const counts = { train: [40, 40], validation: [12, 12], test: [0, 0] };
const small = { epochs: 3, batchSize: 16, threads: 1, lr: 0.01, cnn: { channels: [4, 8], hidden: 8, dropout: 0.2 } };

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pawprint-train-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

function options(
  directory: string,
  more: Partial<TrainOptions> & { readonly params?: TrainOptions['params'] } = {},
): TrainOptions {
  return {
    kind: 'cnn',
    params: trainParamsSchema.parse(small),
    seed: 5,
    dataset: madeUpDataset(counts),
    out: join(directory, 'model.onnx'),
    resume: false,
    device: 'cpu',
    lineage: { createdAt: '2026-01-01T00:00:00Z', pawprintVersion: '0', gitCommit: null, command: 'test', seed: 5 },
    progress: silentProgress,
    signal: new AbortController().signal,
    ...more,
  };
}

const weightsOf = async (path: string): Promise<string> => inspectOnnx(await readFile(path)).weightsSha256;

test('a small CNN learns a simple pattern, and its file says how', async (t) => {
  const directory = await folder(t);
  const result = await train(options(directory, { params: trainParamsSchema.parse({ ...small, epochs: 12 }) }));
  assert.equal(result.history.length, 12);
  assert.ok((result.history.at(-1)?.validationAccuracy ?? 0) >= 0.9, JSON.stringify(result.history.at(-1)));
  assert.ok((result.history.at(-1)?.trainLoss ?? 9) < (result.history[0]?.trainLoss ?? 0));
  const file = await readModelFile(result.modelPath);
  assert.deepEqual(file.metadata.classNames, ['class0', 'class1']);
  assert.equal(file.metadata.metrics['validation.accuracy'], result.history.at(-1)?.validationAccuracy);
  assert.equal(file.metadata.configuration['lr'], 0.01);
});

test('logistic regression and a softmax over three classes train on the same machinery', async (t) => {
  const directory = await folder(t);
  const regression = await train(options(directory, { kind: 'logistic-regression' }));
  assert.ok((regression.history.at(-1)?.validationAccuracy ?? 0) > 0.8);
  const three = madeUpDataset({ train: [30, 30, 30], validation: [6, 6, 6], test: [0, 0, 0] });
  const softmax = await train(options(directory, { dataset: three, out: join(directory, 'three.onnx') }));
  assert.ok((softmax.history.at(-1)?.trainLoss ?? 9) < (softmax.history[0]?.trainLoss ?? 0));
});

test('the same seed gives the same weights, another seed others', async (t) => {
  const directory = await folder(t);
  const paths = ['a', 'b', 'c'].map((name) => join(directory, `${name}.onnx`));
  for (const [i, out] of paths.entries()) await train(options(directory, { out, seed: i === 2 ? 6 : 5 }));
  const [a, b, c] = await Promise.all(paths.map(weightsOf));
  assert.equal(a, b);
  assert.notEqual(a, c);
});

test('stopped after an epoch and resumed, a run ends in the weights of an unbroken one', async (t) => {
  const directory = await folder(t);
  const unbroken = join(directory, 'unbroken.onnx');
  // With everything on that carries state or draws: the mean of the weights, mixup, each variation.
  const augment = { rotationDegrees: 10, aspectFraction: 0.2, saturation: 0.2, tint: 0.1, cutoutFraction: 0.3 };
  const params = trainParamsSchema.parse({ ...small, averageEpochs: 2, mixup: 0.2, augment });
  await train(options(directory, { params, out: unbroken }));
  const stop = new AbortController();
  const broken = options(directory, { params, signal: stop.signal, onEpoch: () => stop.abort() });
  await assert.rejects(train(broken), (error) => error instanceof PawprintError && error.code === 'CANCELLED');
  assert.ok(!existsSync(broken.out), 'a stopped run leaves no model');
  const resumed = await train(options(directory, { params, resume: true }));
  assert.equal(resumed.resumedFromEpoch, 1);
  assert.equal(resumed.history.length, 3);
  assert.equal(await weightsOf(resumed.modelPath), await weightsOf(unbroken));
});

test('the exported weights are the mean over averageEpochs; without it, the last ones', async (t) => {
  const directory = await folder(t);
  const exported = async (averageEpochs: number): Promise<{ weights: string; loss: number; trainLoss: number }> => {
    const params = trainParamsSchema.parse({ ...small, averageEpochs });
    const { history, modelPath } = await train(options(directory, { params }));
    const last = history.at(-1);
    return {
      weights: await weightsOf(modelPath),
      loss: last?.validationLoss ?? 0,
      trainLoss: last?.trainLoss ?? 0,
    };
  };
  const [plain, shortest, averaged] = [await exported(0), await exported(0.01), await exported(2)];
  assert.equal(shortest.weights, plain.weights, 'a mean over less than a step is the last weights');
  assert.notEqual(averaged.weights, plain.weights);
  assert.notEqual(averaged.loss, plain.loss, 'validation scores what is exported');
  assert.equal(averaged.trainLoss, plain.trainLoss, 'the mean does not reach into training');
});

test('a checkpoint of another run, and a damaged one, are refused', async (t) => {
  const directory = await folder(t);
  await train(options(directory));
  const isInvalid = (error: unknown): boolean => error instanceof PawprintError && error.code === 'CHECKPOINT_INVALID';
  await assert.rejects(train(options(directory, { resume: true, seed: 6 })), isInvalid);
  await assert.rejects(
    train(options(directory, { resume: true, params: trainParamsSchema.parse({ ...small, lr: 0.02 }) })),
    (error) => isInvalid(error) && /lr/.test(String(error)),
  );
  const last = join(checkpointDirectory(join(directory, 'model.onnx')), 'last.safetensors');
  await writeFile(last, (await readFile(last)).subarray(0, 1000));
  await assert.rejects(train(options(directory, { resume: true })), isInvalid);
});

test('a loss that is no number stops training, keeps the last good checkpoint and says why', async (t) => {
  const directory = await folder(t);
  const wild = trainParamsSchema.parse({
    ...small,
    optimizer: 'sgd',
    lr: 100,
    schedule: 'constant',
    clipNorm: 0,
    epochs: 50,
  });
  await assert.rejects(train(options(directory, { params: wild })), (error) => {
    assert.ok(error instanceof PawprintError);
    assert.equal(error.code, 'TRAINING_DIVERGED');
    assert.match(error.hint ?? '', /train\.lr/);
    return true;
  });
  assert.ok(!existsSync(join(directory, 'model.onnx')));
});

test('early stopping ends a run that no longer improves; `best` exports the better weights', async (t) => {
  const directory = await folder(t);
  const params = trainParamsSchema.parse({
    ...small,
    epochs: 40,
    lr: 0.05,
    schedule: 'constant',
    earlyStoppingPatience: 2,
    keep: 'best',
  });
  const result = await train(options(directory, { params }));
  assert.ok(result.stoppedEarly && result.history.length < 40);
  const best = Math.min(...result.history.map(({ validationLoss }) => validationLoss));
  assert.equal(result.metadata.metrics['validation.loss'], best);
});

test('splits without photos, or without one of the classes, are refused with a hint', async (t) => {
  const directory = await folder(t);
  for (const bad of [
    { ...counts, validation: [0, 0] },
    { ...counts, train: [10, 0] },
  ])
    await assert.rejects(
      train(options(directory, { dataset: madeUpDataset(bad) })),
      (error) => error instanceof PawprintError && error.code === 'DATASET_INVALID' && error.hint !== undefined,
    );
});
