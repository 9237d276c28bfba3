// Every address of the service beyond one picture in, one answer out: batches, explanations, the Open Inference Protocol,
// feedback, statistics, the prediction log, and the document that describes them. Each answer is held to its own schema.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import { inferResponseSchema, modelMetadataAnswerSchema } from '../src/api/schemas/inference-protocol.ts';
import { batchSchema, predictionSchema } from '../src/api/schemas/prediction.ts';
import { problemSchema } from '../src/api/schemas/problem.ts';
import { feedbackAnswerSchema, healthSchema, statsSchema } from '../src/api/schemas/service.ts';
import { decodeImage } from '../src/image/index.ts';
import { Predictor } from '../src/inference/index.ts';
import { readFeedback, readPredictionLog } from '../src/monitoring/index.ts';
import { runInProcess } from './support/run-in-process.ts';
import { boxModel, type RunningService, startService } from './support/running-service.ts';

let cwd = '';
let service: RunningService;
let predictor: Predictor;
const pictures: Buffer<ArrayBuffer>[] = [];
const picture = (index: number): Buffer<ArrayBuffer> => pictures[index % pictures.length] ?? Buffer.alloc(0);

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-api-'));
  await runInProcess(['data', 'sample', '--to', 'drawn', '--count', '8'], { cwd });
  for (const name of ['cats', 'dogs'])
    for (const file of (await readdir(join(cwd, 'drawn', name))).sort())
      pictures.push(Buffer.from(await readFile(join(cwd, 'drawn', name, file))));
  predictor = await Predictor.load(boxModel('cnn'), { threads: 1 });
  const flags = ['--log-predictions', 'log', '--log-images', '--max-batch-pictures', '5'];
  service = await startService(flags, { cwd, model: boxModel('cnn') });
});
after(async () => {
  await service.kill();
  await predictor.close();
  await rm(cwd, { recursive: true, force: true });
});

interface Answer<Schema extends z.ZodType> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: z.output<Schema>;
}

/** Asks, and holds the answer to its schema: nothing missing, nothing more. */
async function ask<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  init: RequestInit = {},
): Promise<Answer<Schema>> {
  const response = await fetch(service.url + path, init);
  const body: unknown = await response.json();
  const parsed = schema.safeParse(body);
  assert.ok(parsed.success, `${path}: ${JSON.stringify(body)} ${parsed.error?.message ?? ''}`);
  assert.deepEqual(parsed.data, body, `${path} says more than its schema`);
  return { status: response.status, headers: response.headers, body: parsed.data };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const form = (...files: readonly { readonly bytes: Buffer<ArrayBuffer>; readonly name?: string }[]): RequestInit => {
  const body = new FormData();
  for (const { bytes, name = 'photo.jpg' } of files) body.append('file', new Blob([bytes]), name);
  return { method: 'POST', body };
};
const json = (value: unknown): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});

test('?top= ranks the classes, as many as asked for and there are', async () => {
  for (const [top, count] of [
    [1, 1],
    [2, 2],
    [50, 2],
  ]) {
    const { body } = await ask(`/predict?top=${top}`, predictionSchema, form({ bytes: picture(0) }));
    assert.equal(body.top?.length, count);
    const [first] = body.top ?? [];
    assert.deepEqual(first, { label: body.label, probability: body.confidence });
  }
  for (const query of ['top=0', 'top=-1', 'top=1.5', 'top=a', 'top=1000', 'top=1&top=2', 'explain=yes', 'explain='])
    assert.equal(
      (await ask(`/predict?${query}`, problemSchema, form({ bytes: picture(0) }))).body.code,
      'REQUEST_INVALID',
    );
});

test('?explain=true adds a picture of the places that the answer rests on; the answer is the same', async () => {
  const plain = await ask('/predict', predictionSchema, form({ bytes: picture(1) }));
  const { body } = await ask('/predict?explain=true', predictionSchema, form({ bytes: picture(1) }));
  assert.deepEqual(body.probabilities, plain.body.probabilities);
  assert.equal(plain.body.explanation, undefined);
  assert.deepEqual([body.explanation?.method, body.explanation?.label], ['grad-cam', body.label]);
  const [, encoded = ''] = /^data:image\/png;base64,(.+)$/.exec(body.explanation?.image ?? '') ?? [];
  const { pixels } = await decodeImage(Buffer.from(encoded, 'base64'));
  assert.ok(pixels.width >= 320 || pixels.height >= 320, `${pixels.width} × ${pixels.height}`);
  assert.notEqual(
    (await ask('/predict?explain=false', predictionSchema, form({ bytes: picture(1) }))).body.explanation,
    {},
  );
});

test('a batch answers each picture in its place and refuses each bad one alone', async () => {
  const bad = Buffer.from('no picture');
  const { status, body } = await ask(
    '/predict/batch?top=1',
    batchSchema,
    form({ bytes: picture(0), name: 'a.jpg' }, { bytes: bad, name: 'b.txt' }, { bytes: picture(9), name: 'c.jpg' }),
  );
  assert.equal(status, 200);
  assert.deepEqual(
    body.results.map(({ index, file, status: each }) => [index, file, each]),
    [
      [0, 'a.jpg', 200],
      [1, 'b.txt', 415],
      [2, 'c.jpg', 200],
    ],
  );
  assert.deepEqual([body.answered, body.refused], [2, 1]);
  for (const [index, at] of [
    [0, 0],
    [2, 9],
  ] as const) {
    const result = body.results[index];
    const { probabilities } = await predictor.predictBytes(picture(at));
    assert.deepEqual(result !== undefined && 'probabilities' in result ? result.probabilities : null, probabilities);
  }
  const six = Array.from({ length: 6 }, (_, i) => ({ bytes: picture(i) }));
  assert.equal((await ask('/predict/batch', problemSchema, form(...six))).body.code, 'REQUEST_TOO_LARGE');
  assert.equal((await ask('/predict/batch', problemSchema, form())).body.status, 400);
});

test('the Open Inference Protocol gives the same answers, from tensors and from pictures', async () => {
  assert.deepEqual(await (await fetch(`${service.url}/v2/health/live`)).json(), { live: true });
  assert.deepEqual(await (await fetch(`${service.url}/v2/health/ready`)).json(), { ready: true });
  const { body: model } = await ask('/v2/models/cnn', modelMetadataAnswerSchema);
  const [version = ''] = model.versions;
  const size = predictor.metadata.preprocessing.imageSizePx;
  assert.deepEqual(model.inputs[0], { name: 'image', datatype: 'FP32', shape: [-1, 3, size, size] });
  const rows = [0, 5, 12];
  const tensor = new Float32Array(rows.length * predictor.recordBytes);
  for (const [row, at] of rows.entries()) {
    const target = tensor.subarray(row * predictor.recordBytes, (row + 1) * predictor.recordBytes);
    predictor.writeTensor(await predictor.recordOf(picture(at)), target);
  }
  const inputs = [
    { name: 'image', datatype: 'FP32', shape: [rows.length, 3, size, size], data: [...tensor] },
    {
      name: 'picture',
      datatype: 'BYTES',
      shape: [rows.length],
      data: rows.map((at) => picture(at).toString('base64')),
    },
  ];
  const expected: number[] = [];
  const labels: string[] = [];
  for (const at of rows) {
    const { probabilities, label } = await predictor.predictBytes(picture(at));
    expected.push(...predictor.classNames.map((name) => probabilities[name] ?? NaN));
    labels.push(label);
  }
  for (const input of inputs)
    for (const address of ['/v2/models/cnn/infer', `/v2/models/cnn/versions/${version}/infer`]) {
      const { body } = await ask(address, inferResponseSchema, json({ id: 'mine', inputs: [input] }));
      assert.deepEqual([body.id, body.model_name, body.model_version], ['mine', 'cnn', version]);
      const [probabilities, label] = body.outputs;
      assert.deepEqual([probabilities?.shape, label?.data], [[rows.length, 2], labels]);
      probabilities?.data.forEach((value, i) =>
        assert.ok(Math.abs(Number(value) - (expected[i] ?? NaN)) <= 1e-6, `${input.name} ${i}: ${value}`),
      );
    }
  const only = await ask(
    '/v2/models/cnn/infer',
    inferResponseSchema,
    json({ inputs: inputs.slice(1), outputs: [{ name: 'label' }] }),
  );
  assert.deepEqual(
    only.body.outputs.map(({ name }) => name),
    ['label'],
  );
  const other = await ask('/v2/models/birds/infer', problemSchema, json({ inputs }));
  assert.deepEqual([other.status, other.body.error], [404, 'there is no such model here']);
  const bad = { ...inputs[1], shape: [1], data: [Buffer.from('no picture').toString('base64')] };
  assert.equal((await ask('/v2/models/cnn/infer', problemSchema, json({ inputs: [bad] }))).status, 415);
});

test('feedback is counted as right, wrong, or about nothing that is remembered', async () => {
  const earlier = (await ask('/stats', statsSchema)).body.feedback;
  const { body } = await ask('/predict', predictionSchema, form({ bytes: picture(2) }));
  const other = predictor.classNames.find((name) => name !== body.label) ?? '';
  const answers = [
    { requestId: body.requestId, label: body.label },
    { requestId: body.requestId, label: other },
    { requestId: 'long-ago', label: other },
  ];
  const told: unknown[] = [];
  for (const each of answers) {
    const { status, body: taken } = await ask('/feedback', feedbackAnswerSchema, json(each));
    assert.equal(status, 202);
    told.push([taken.predicted, taken.correct]);
  }
  assert.deepEqual(told, [
    [body.label, true],
    [body.label, false],
    [null, null],
  ]);
  const { feedback } = (await ask('/stats', statsSchema)).body;
  assert.deepEqual(
    [feedback.correct - earlier.correct, feedback.wrong - earlier.wrong, feedback.unmatched - earlier.unmatched],
    [1, 1, 1],
  );
  for (const [bad, code] of [
    [{ requestId: body.requestId, label: 'bird' }, 'REQUEST_INVALID'],
    [{ requestId: '../etc', label: 'cats' }, 'REQUEST_INVALID'],
    [{ label: 'cats' }, 'REQUEST_INVALID'],
    [{ requestId: 'a', label: 'cats', more: 1 }, 'REQUEST_INVALID'],
  ] as const)
    assert.equal((await ask('/feedback', problemSchema, json(bad))).body.code, code);
  assert.equal((await ask('/feedback', problemSchema, form({ bytes: picture(0) }))).status, 415);
});

test('/health and /stats tell of the model, and of the last minute second by second', async () => {
  const { body: health } = await ask('/health', healthSchema);
  assert.deepEqual(
    [health.status, health.model.name, health.model.version],
    ['ok', 'cnn', predictor.sha256.slice(0, 12)],
  );
  // The running second is not among them yet.
  const inMinute = ({ recent }: z.output<typeof statsSchema>): number =>
    recent.reduce((sum, { predictions }) => sum + predictions, 0);
  let { body: stats } = await ask('/stats', statsSchema);
  assert.equal(stats.recent.length, 60);
  while (inMinute(stats) < stats.predictions) {
    await wait(100);
    stats = (await ask('/stats', statsSchema)).body;
  }
  assert.deepEqual(stats.model.classNames, predictor.classNames);
});

test('a method that an address does not know is 405 and says which it knows; HEAD goes where GET does', async () => {
  const response = await fetch(`${service.url}/v2/models/cnn/infer`);
  assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST']);
  assert.equal((await fetch(`${service.url}/health`, { method: 'DELETE' })).headers.get('allow'), 'GET, HEAD');
  assert.equal((await fetch(`${service.url}/health`, { method: 'HEAD' })).status, 200);
  assert.equal((await fetch(`${service.url}/nowhere`)).status, 404);
});

test('GET /openapi.json describes every address that answers, with a schema for each answer', async () => {
  const response = await fetch(`${service.url}/openapi.json`);
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
    components: { schemas: Record<string, unknown> };
  };
  assert.equal(document.openapi, '3.1.0');
  const paths = ['/predict', '/predict/batch', '/health', '/live', '/ready', '/metrics', '/stats', '/feedback', '/v2'];
  for (const path of [...paths, '/v2/models/{model}/infer', '/admin/models', '/openapi.json'])
    assert.ok(path in document.paths, path);
  const operations = Object.values(document.paths).flatMap((each) => Object.values(each));
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
  for (const { operationId, responses } of operations) assert.ok('200' in responses || '202' in responses, operationId);
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name = '']) => name,
  );
  for (const name of references) assert.ok(name in document.components.schemas, name);
});

test('the prediction log has every picture that was answered, with its numbers; feedback lies beside it', async () => {
  const asked = { ...form({ bytes: picture(3) }), headers: { 'x-request-id': 'looked-up-later' } };
  const { body } = await ask('/predict', predictionSchema, asked);
  await ask('/feedback', feedbackAnswerSchema, json({ requestId: 'looked-up-later', label: body.label }));
  const { predictions } = (await ask('/stats', statsSchema)).body;
  assert.equal(await service.stop(), 0);
  const entries = await collect(readPredictionLog(join(cwd, 'log')));
  const tensors = 6;
  assert.equal(entries.length, predictions - tensors, 'tensors are no pictures');
  const entry = entries.find(({ id }) => id === 'looked-up-later');
  assert.ok(entry !== undefined);
  assert.deepEqual([entry.label, entry.answer, entry.image.bytes], [body.label, body.answer, picture(3).length]);
  assert.equal(entry.features.length, 16);
  const sha256 = entry.imageSha256 ?? '';
  assert.deepEqual(await readFile(join(cwd, 'log/images', sha256.slice(0, 2), `${sha256}.jpg`)), picture(3));
  const feedback = await collect(readFeedback(join(cwd, 'log')));
  assert.ok(feedback.some(({ id, label }) => id === 'looked-up-later' && label === body.label));
});
