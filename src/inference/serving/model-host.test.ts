// The models of a running service on real files and real threads: swaps that fail nobody, refusals that change nothing, and a
// challenger whose answers are only counted.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { networkModel } from '../../../tests/support/network-model.ts';
import { PawprintError } from '../../core/index.ts';
import { readOnnx } from '../../graph/index.ts';
import { drawSample } from '../../image/index.ts';
import { encodeModelFile, readModelFile } from '../../models/index.ts';
import { Predictor } from '../predictor.ts';
import { createModelHost, type ModelHost, type ModelHostOptions } from './model-host.ts';
import type { ServeJob } from './serve-work.ts';

const boxed = (name: string): string =>
  fileURLToPath(new URL(`../../../models/cats-vs-dogs/${name}.onnx`, import.meta.url));
const [cnn, transfer] = [boxed('cnn'), boxed('transfer')];
const pictures = Array.from({ length: 12 }, (_, index) =>
  drawSample({ label: index % 2 ? 'dog' : 'cat', seed: 4, index }),
);
const job = (index: number): ServeJob => ({
  kind: 'picture',
  bytes: pictures[index % pictures.length] ?? new Uint8Array(),
});

let folder = '';
const hosts: ModelHost[] = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawprint-host-'));
});
after(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  await rm(folder, { recursive: true, force: true });
});
async function hostOf(path: string, options: Partial<ModelHostOptions> = {}): Promise<ModelHost> {
  const host = await createModelHost(path, {
    ...{ workers: 1, maxWaiting: 1000, maxBatch: 4, deadlineMs: 30_000, now: () => new Date(0), random: () => 0 },
    ...options,
  });
  hosts.push(host);
  return host;
}
const codeOf = (error: unknown): string => (error instanceof PawprintError ? error.code : String(error));

async function offline(path: string): Promise<unknown[]> {
  const predictor = await Predictor.load(path, { threads: 1 });
  try {
    const answers: unknown[] = [];
    for (const bytes of pictures) answers.push(await predictor.predictBytes(bytes));
    return answers;
  } finally {
    await predictor.close();
  }
}

test('swapped while it answers: nobody fails, and each answer is that of the model that it names', async () => {
  const served: string[] = [];
  const host = await hostOf(cnn, { onServed: ({ name }) => served.push(name) });
  const expected: Record<string, unknown[]> = { cnn: await offline(cnn), transfer: await offline(transfer) };
  let stop = false;
  const counts: Record<string, number> = {};
  const client = async (start: number): Promise<void> => {
    for (let i = start; !stop; i++) {
      const { prediction, model } = await host.answer(job(i));
      assert.deepEqual(prediction, expected[model.name]?.[i % pictures.length]);
      counts[model.name] = (counts[model.name] ?? 0) + 1;
    }
  };
  const clients = [0, 3, 6].map(client);
  for (const path of [transfer, cnn, cnn, transfer]) await host.swap(path);
  stop = true;
  await Promise.all(clients);
  assert.deepEqual(served, ['cnn', 'transfer', 'cnn', 'transfer'], 'the same file again is no swap');
  assert.equal(host.current.name, 'transfer');
  assert.ok((counts['cnn'] ?? 0) > 0 && (counts['transfer'] ?? 0) > 0, JSON.stringify(counts));
});

test('a model that cannot be used leaves the old one in its place', async () => {
  const host = await hostOf(cnn);
  const { version } = host.current;
  const [broken, others] = [join(folder, 'broken.onnx'), join(folder, 'others.onnx')];
  await writeFile(broken, 'no model');
  const birds = networkModel({ kind: 'cnn', classNames: ['crow', 'jay'], imageSizePx: 16 });
  await writeFile(others, birds.bytes);
  const [wrong, unproven] = [join(folder, 'wrong.onnx'), join(folder, 'unproven.onnx')];
  const { knownAnswer } = (await readModelFile(cnn)).metadata;
  const { graph } = readOnnx(birds.bytes, { what: 'birds' });
  await writeFile(wrong, encodeModelFile(graph, { ...birds.metadata, classNames: ['cats', 'dogs'], knownAnswer }));
  await writeFile(unproven, encodeModelFile(graph, { ...birds.metadata, classNames: ['cats', 'dogs'] }));
  for (const [path, code] of [
    [broken, 'MODEL_INVALID'],
    [others, 'MODEL_INVALID'],
    [wrong, 'MODEL_INVALID'],
    [unproven, 'MODEL_INVALID'],
    [join(folder, 'nowhere.onnx'), 'FILE_NOT_FOUND'],
  ] as const) {
    await assert.rejects(host.swap(path), (error) => codeOf(error) === code, path);
    await assert.rejects(host.challenge(path, 1), (error) => codeOf(error) === code, path);
  }
  assert.equal(host.current.version, version);
  assert.equal(host.challenger, null);
  assert.equal((await host.answer(job(0))).model.version, version);
});

test('a challenger sees its share; its answers are counted and never returned', async () => {
  const outcomes: Record<string, number> = {};
  const draws = [0.2, 0.7, 0.49, 0.5, 0.1, 0.9];
  let [draw, told] = [0, 0];
  let done = (): void => undefined;
  const all = new Promise<void>((resolve) => (done = resolve));
  const host = await hostOf(cnn, {
    random: () => draws[draw++ % draws.length] ?? 0,
    onShadow: (outcome, difference) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      assert.ok(difference === null || (difference >= 0 && difference <= 1));
      if (++told === 6) done();
    },
  });
  const { share, name } = await host.challenge(transfer, 0.5);
  assert.deepEqual([share, name, host.challenger?.name], [0.5, 'transfer', 'transfer']);
  for (let i = 0; i < 12; i++) assert.equal((await host.answer(job(i))).model.name, 'cnn');
  await all;
  const [cnnAnswers, transferAnswers] = [await offline(cnn), await offline(transfer)];
  const label = (answer: unknown): string => (answer as { label: string }).label;
  const seen = Array.from({ length: 12 }, (_, i) => i).filter((i) => (draws[i % 6] ?? 1) < 0.5);
  const agree = seen.filter((i) => label(cnnAnswers[i]) === label(transferAnswers[i])).length;
  assert.deepEqual(outcomes, {
    ...(agree > 0 ? { agree } : {}),
    ...(agree < 6 ? { disagree: 6 - agree } : {}),
  });
  await host.endChallenge();
  assert.equal(host.challenger, null);
  await host.answer(job(0));
  assert.equal(draw, 12, 'without a challenger nothing is drawn');
});
