// The service's log as a whole: predictions, labels, pictures, and the metrics that tell of them.
import { Registry } from 'prom-client';
import assert from 'node:assert/strict';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hashBytes } from '../../core/index.ts';
import { createServiceMetrics } from '../metrics/index.ts';
import { predictionLogMetrics } from '../metrics/prediction-log.ts';
import { imagePath } from './image-store.ts';
import { feedbackEntry, predictionEntry } from './make-entry.ts';
import { createPredictionLog } from './prediction-log.ts';
import { readFeedback, readPredictionLog } from './read-log.ts';
import { collect, useFolders } from './test-fixtures/entries.ts';

const folders = useFolders();
const time = new Date('2026-11-25T10:00:00.000Z');
const entryOf = (id: string) =>
  predictionEntry({
    ...{ time, id, model: { name: 'cats-vs-dogs', version: '0123456789ab' }, features: [1], milliseconds: 5 },
    prediction: {
      ...{ label: 'cat', confidence: 0.75, decision: 'sure', familiarity: null },
      ...{ probabilities: { cat: 0.75, dog: 0.25 }, logits: [-1] },
    },
    image: {
      ...{ width: 10, height: 10, bytes: 3, format: 'jpeg' },
      statistics: { brightness: 1, contrast: 2, sharpness: 3, means: [1, 2, 3] },
    },
  });
const picture = { bytes: Uint8Array.of(1, 2, 3), format: 'jpeg' } as const;

test('predictions and labels come back; no picture is kept unless asked', async () => {
  const directory = await folders.make();
  const log = createPredictionLog({ directory, now: () => time });
  log.writePrediction(entryOf('a'), picture);
  log.writePrediction(entryOf('b'));
  log.writeFeedback(feedbackEntry({ time, id: 'a', label: 'dog' }));
  assert.equal(await log.flush(), true);
  assert.deepEqual(await collect(readPredictionLog(directory)), [entryOf('a'), entryOf('b')]);
  assert.deepEqual(await collect(readFeedback(directory)), [feedbackEntry({ time, id: 'a', label: 'dog' })]);
  await log.close();
  assert.deepEqual((await readdir(directory)).sort(), [
    'feedback-2026-11-25-000.jsonl',
    'predictions-2026-11-25-000.jsonl',
  ]);
});

test('asked for, a picture is kept once, under its digest, readable by owner and group', async () => {
  const directory = await folders.make();
  const log = createPredictionLog({ directory, now: () => time, images: true, instance: 'pod7' });
  for (const id of ['a', 'b']) log.writePrediction(entryOf(id), picture);
  await log.close();
  const sha256 = hashBytes('sha256', picture.bytes);
  const entries = await collect(readPredictionLog(directory));
  assert.deepEqual(
    entries,
    ['a', 'b'].map((id) => ({ ...entryOf(id), imageSha256: sha256 })),
  );
  const path = imagePath(directory, sha256, 'jpeg');
  assert.equal(path, join(directory, 'images', sha256.slice(0, 2), `${sha256}.jpg`));
  assert.deepEqual(new Uint8Array(await readFile(path)), picture.bytes);
  assert.deepEqual(await readdir(join(directory, 'images', sha256.slice(0, 2))), [`${sha256}.jpg`]);
  const others = async (name: string): Promise<number> => (await stat(join(directory, name))).mode & 0o007;
  assert.equal((await others('images')) | (await others('predictions-2026-11-25-pod7-000.jsonl')), 0);
});

test('pictures go when the entries that name them are gone, and not before', async () => {
  const directory = await folders.make();
  const options = { directory, images: true, retention: { maxAgeDays: 7 } };
  const [old, young] = [Uint8Array.of(1), Uint8Array.of(2)];
  const pathOf = (bytes: Uint8Array): string => imagePath(directory, hashBytes('sha256', bytes), 'png');
  const first = createPredictionLog({ ...options, now: () => time });
  for (const bytes of [old, young]) first.writePrediction(entryOf('a'), { bytes, format: 'png' });
  await first.close();
  const daysBefore = (days: number): Date => new Date(time.getTime() - days * 86_400_000);
  await utimes(pathOf(old), daysBefore(9), daysBefore(9));
  await utimes(pathOf(young), daysBefore(7), daysBefore(7));
  const second = createPredictionLog({ ...options, now: () => time });
  second.writePrediction(entryOf('b'), picture);
  await second.close();
  await assert.rejects(stat(pathOf(old)), { code: 'ENOENT' });
  await stat(pathOf(young));
});

test('metrics tell what was written, what was lost and why, and whether it works', async () => {
  const registry = new Registry();
  const directory = await folders.make();
  const metrics = predictionLogMetrics(registry);
  const log = createPredictionLog({ directory, now: () => time, images: true, metrics });
  const line = async (name: string): Promise<number> => {
    const text = await registry.metrics();
    const found = text.split('\n').find((each) => each.startsWith(`pawprint_prediction_log_${name} `));
    assert.ok(found !== undefined, `${name} is there`);
    return Number(found.split(' ')[1]);
  };
  assert.equal(await line('entries_total{series="predictions"}'), 0);
  assert.equal(await line('dropped_total{series="images",reason="disk_full"}'), 0);
  log.writePrediction(entryOf('a'), picture);
  log.writePrediction({ ...entryOf('b'), milliseconds: -1 });
  log.writeFeedback(feedbackEntry({ time, id: 'a', label: 'dog' }));
  await log.flush();
  await log.close();
  assert.equal(await line('entries_total{series="predictions"}'), 1);
  assert.equal(await line('entries_total{series="feedback"}'), 1);
  assert.equal(await line('entries_total{series="images"}'), 1);
  assert.equal(await line('dropped_total{series="predictions",reason="invalid"}'), 1);
  const size = (await stat(join(directory, 'predictions-2026-11-25-000.jsonl'))).size;
  assert.equal(await line('bytes_total{series="predictions"}'), size);
  assert.equal(await line('bytes_total{series="images"}'), 3);
  for (const series of ['predictions', 'feedback', 'images'])
    assert.equal(await line(`healthy{series="${series}"}`), 1);
});

test('a folder that cannot be made: unhealthy, counted, told once for each series', async () => {
  const registry = new Registry();
  const directory = join(await folders.make(), 'log');
  await writeFile(directory, 'a file in the way');
  const told: string[] = [];
  const log = createPredictionLog({
    ...{ directory, now: () => time, images: true, metrics: predictionLogMetrics(registry) },
    onHealth: (series, healthy, error) => told.push(`${series} ${healthy} ${(error as NodeJS.ErrnoException).code}`),
  });
  for (let i = 0; i < 3; i++) log.writePrediction(entryOf('a'), picture);
  assert.equal(await log.flush(), false);
  await log.close();
  // mkdir -p says EEXIST where a file has the name of the folder, ENOTDIR where one has a name above it.
  assert.deepEqual(told.sort(), ['images false ENOTDIR', 'predictions false EEXIST']);
  const text = await registry.metrics();
  assert.match(text, /^pawprint_prediction_log_healthy\{series="predictions"\} 0$/m);
  assert.match(text, /^pawprint_prediction_log_dropped_total\{series="predictions",reason="unwritable"\} 3$/m);
  assert.match(text, /^pawprint_prediction_log_dropped_total\{series="images",reason="unwritable"\} 3$/m);
  assert.match(text, /^pawprint_prediction_log_healthy\{series="feedback"\} 1$/m);
});

test('without a log the service’s metrics name the families and no series of them', async () => {
  const text = await createServiceMetrics({ classNames: ['cat', 'dog'], waiting: () => 0 }).read();
  assert.match(text, /^# TYPE pawprint_prediction_log_healthy gauge$/m);
  assert.doesNotMatch(text, /^pawprint_prediction_log_(healthy|dropped_total|entries_total|bytes_total)\b.* 1$/m);
});
