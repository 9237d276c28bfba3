// The queue on a real model and real threads: same answers as the predictor, a bounded number of places, places that come
// free, and threads that die.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createRandom, PawprintError } from '../../core/index.ts';
import { drawSample } from '../../image/index.ts';
import { readModelFile, type ModelFile } from '../../models/index.ts';
import { Predictor } from '../predictor.ts';
import { createPredictionQueue, type PredictionQueue, type PredictionQueueOptions } from './prediction-queue.ts';
import type { ServeJob } from './serve-work.ts';

const path = fileURLToPath(new URL('../../../models/cats-vs-dogs/cnn.onnx', import.meta.url));
let model: ModelFile;
let pictures: Uint8Array[] = [];

before(async () => {
  model = await readModelFile(path);
  pictures = Array.from({ length: 24 }, (_, index) => drawSample({ label: index % 2 ? 'dog' : 'cat', seed: 1, index }));
});

const queues: PredictionQueue[] = [];
after(async () => Promise.all(queues.map((queue) => queue.close())));
function queueWith(options: Partial<PredictionQueueOptions> = {}): PredictionQueue {
  const queue = createPredictionQueue({
    ...{ model, path, workers: 1, maxWaiting: 100, maxBatch: 4, deadlineMs: 20_000 },
    ...options,
  });
  queues.push(queue);
  return queue;
}
const picture = (bytes: Uint8Array): ServeJob => ({ kind: 'picture', bytes });
const codeOf = (error: unknown): string | undefined => (error instanceof PawprintError ? error.code : undefined);

test('each picture gets the answer of the predictor, bit for bit, whatever the batch', async () => {
  const sizes: number[] = [];
  const queue = queueWith({ workers: 2, onBatch: (size) => sizes.push(size) });
  const predictor = await Predictor.load(path, { threads: 1 });
  try {
    const served = await Promise.all(pictures.map((bytes) => queue.answer(picture(bytes))));
    for (const [i, bytes] of pictures.entries())
      assert.deepEqual(served[i]?.prediction, await predictor.predictBytes(bytes));
    assert.equal(
      sizes.reduce((a, b) => a + b, 0),
      pictures.length,
    );
    assert.ok(Math.max(...sizes) <= 4 && sizes.length < pictures.length, sizes.join());
    // Alone, a picture waits for no other.
    await queue.answer(picture(pictures[0] ?? new Uint8Array()));
    assert.equal(sizes.at(-1), 1);
  } finally {
    await predictor.close();
  }
});

test('pictures that lie in one piece of memory, as small uploads do, are all answered', async () => {
  // Was: the memory was given back with the first of them; the batch failed, and each was tried again alone.
  const few = pictures.slice(0, 6);
  const memory = new Uint8Array(Buffer.concat(few));
  let end = 0;
  const views = few.map(({ length }) => memory.subarray(end, (end += length)));
  const failures: unknown[] = [];
  const queue = queueWith({ maxBatch: 8, onWorkerFailure: (error) => failures.push(error) });
  const apart = await Promise.all(few.map((bytes) => queue.answer(picture(bytes))));
  const together = await Promise.all(views.map((bytes) => queue.answer(picture(bytes))));
  const twice = await Promise.all([0, 1, 0].map((i) => queue.answer(picture(few[i] ?? new Uint8Array()))));
  const probabilities = (answers: typeof apart): unknown => answers.map(({ prediction }) => prediction.probabilities);
  assert.deepEqual(probabilities(together), probabilities(apart));
  assert.deepEqual(probabilities(twice), probabilities([0, 1, 0].flatMap((i) => apart[i] ?? [])));
  assert.deepEqual(failures, []);
});

const skip = process.platform === 'linux' ? false : 'threads have priorities of their own on Linux alone';
test('worker threads stand back for the one that asks', { skip }, async () => {
  const lower = (): number =>
    readdirSync('/proc/self/task').filter((thread) => getPriority(Number(thread)) > getPriority()).length;
  const before = lower();
  const queue = queueWith({ workers: 2 });
  await Promise.all(pictures.map((bytes) => queue.answer(picture(bytes))));
  assert.equal(lower(), before + 2);
  await queue.close();
});

test('a bad picture fails alone', async () => {
  const queue = queueWith();
  const mixed = [...pictures.slice(0, 3), Uint8Array.of(1, 2, 3), new Uint8Array(0), ...pictures.slice(3, 6)];
  const answers = await Promise.allSettled(mixed.map((bytes) => queue.answer(picture(bytes))));
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
  for (const answer of answers) if (answer.status === 'rejected') assert.match(codeOf(answer.reason) ?? '', /^IMAGE_/);
});

test('a full queue refuses at once; a client that goes away frees its place', async () => {
  const queue = queueWith({ maxWaiting: 2, maxBatch: 1 });
  const [a, b, c, d] = pictures as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const gone = new AbortController();
  const [underWay, first, second] = [
    queue.answer(picture(a)),
    queue.answer(picture(b), gone.signal),
    queue.answer(picture(c)),
  ];
  assert.equal(queue.waiting, 2);
  await assert.rejects(queue.answer(picture(d)), (error) => codeOf(error) === 'OVERLOADED');
  gone.abort();
  await assert.rejects(first, (error) => codeOf(error) === 'CANCELLED');
  const taken = queue.answer(picture(d));
  await Promise.all([underWay, second, taken]);
  assert.equal(queue.waiting, 0);
});

test('who waits past the deadline is told so, and the others are answered', async () => {
  const queue = queueWith({ maxBatch: 1, deadlineMs: 1 });
  // The worker still starts: the first picture is under way, all others wait for longer than a millisecond.
  const answers = await Promise.allSettled(pictures.slice(0, 5).map((bytes) => queue.answer(picture(bytes))));
  for (const answer of answers)
    if (answer.status === 'rejected') assert.equal(codeOf(answer.reason), 'DEADLINE_EXCEEDED');
  assert.ok(answers.filter(({ status }) => status === 'rejected').length >= 4);
});

test('a closed queue answers what it has and takes nothing more', async () => {
  const queue = queueWith();
  const answers = pictures.slice(0, 6).map((bytes) => queue.answer(picture(bytes)));
  const closed = queue.close();
  await assert.rejects(
    queue.answer(picture(pictures[0] ?? new Uint8Array())),
    (error) => codeOf(error) === 'CANCELLED',
  );
  assert.equal((await Promise.all(answers)).length, 6);
  await closed;
});

test('random pictures at random times: every request gets exactly one answer', async () => {
  const queue = queueWith({ workers: 2, maxWaiting: 8, maxBatch: 3 });
  const random = createRandom(4, 'queue');
  const answers = await Promise.allSettled(
    Array.from({ length: 120 }, async (_, i) => {
      await new Promise((resolve) => setTimeout(resolve, random.integer(60)));
      return queue.answer(picture(pictures[i % pictures.length] ?? new Uint8Array()));
    }),
  );
  const refused = answers.filter((answer) => answer.status === 'rejected');
  assert.equal(answers.length, 120);
  for (const { reason } of refused) assert.equal(codeOf(reason), 'OVERLOADED');
  assert.ok(refused.length < 120);
});
