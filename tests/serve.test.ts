// pawprint serve as a process on a real port: answers equal those of predict, every refusal has its status and code, the
// service stays answerable under overload, and SIGTERM loses nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runInProcess } from './support/run-in-process.ts';
import { repositoryRoot, runPawprint } from './support/run-pawprint.ts';
import { boxModel, type RunningService, startService } from './support/running-service.ts';

const model = boxModel('transfer');
let cwd = '';
let photos: { readonly name: string; readonly bytes: Buffer<ArrayBuffer> }[] = [];

const services: RunningService[] = [];
async function serve(...args: string[]): Promise<RunningService> {
  const service = await startService(args, { cwd, model });
  services.push(service);
  return service;
}

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-serve-'));
  await runInProcess(['data', 'sample', '--to', 'drawn', '--count', '20'], { cwd });
  for (const name of ['cats', 'dogs'])
    for (const file of (await readdir(join(cwd, 'drawn', name))).sort())
      photos.push({
        name: `drawn/${name}/${file}`,
        bytes: Buffer.from(await readFile(join(cwd, 'drawn', name, file))),
      });
});
after(async () => {
  for (const service of services) await service.kill();
  await rm(cwd, { recursive: true, force: true });
  photos = [];
});

interface Answer {
  label: string;
  confidence: number;
  answer: string;
  probabilities: Record<string, number>;
  requestId: string;
}
interface Problem {
  status: number;
  code: string;
  requestId: string;
}

const post = (
  url: string,
  body: FormData | Buffer<ArrayBuffer> | string,
  headers: Record<string, string> = {},
): Promise<Response> => fetch(`${url}/predict`, { method: 'POST', body, headers });
const form = (bytes: Buffer<ArrayBuffer>, field = 'file'): FormData => {
  const data = new FormData();
  data.append(field, new Blob([bytes]), 'photo.jpg');
  return data;
};

test('one service: answers, refusals, counters, log, and a clean end', async (t) => {
  const service = await serve('--max-body-bytes', '300000', '--max-pixels', '1000000');
  const { url } = service;

  await t.test('the answers of POST /predict are those of pawprint predict, by form and by body', async () => {
    const { out } = await runInProcess(['predict', 'drawn', '--model', model, '--json'], { cwd });
    const offline = new Map(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Answer & { file: string })
        .map((line) => [line.file, line] as const),
    );
    for (const { name, bytes } of photos) {
      const expected = offline.get(name);
      for (const response of [await post(url, form(bytes)), await post(url, bytes, { 'content-type': 'image/jpeg' })]) {
        assert.equal(response.status, 200);
        const answer = (await response.json()) as Answer;
        assert.deepEqual(answer.probabilities, expected?.probabilities, name);
        assert.deepEqual([answer.label, answer.answer], [expected?.label, expected?.answer]);
      }
    }
  });

  await t.test('what is no picture, too large, or in the wrong place is refused with its status and code', async () => {
    const good = photos[0]?.bytes ?? Buffer.alloc(0);
    // A PNG header that promises 30,000 × 30,000 pixels.
    const bomb = Buffer.from(
      '89504e470d0a1a0a0000000d49484452000075300000753008020000004d0d1bd60000000c49444154',
      'hex',
    );
    const two = form(good);
    two.append('file', new Blob([good]), 'again.jpg');
    const cases: [string, Promise<Response>, number, string][] = [
      ['text', post(url, form(Buffer.from('no picture'))), 415, 'IMAGE_UNSUPPORTED'],
      ['cut', post(url, form(Buffer.from(good.subarray(0, 200)))), 422, 'IMAGE_UNREADABLE'],
      ['bomb', post(url, form(bomb)), 413, 'IMAGE_TOO_LARGE'],
      ['long', post(url, form(Buffer.alloc(400_000))), 413, 'REQUEST_TOO_LARGE'],
      ['long body', post(url, Buffer.alloc(400_000), { 'content-type': 'image/png' }), 413, 'REQUEST_TOO_LARGE'],
      ['json', post(url, '{}', { 'content-type': 'application/json' }), 415, 'MEDIA_TYPE_UNSUPPORTED'],
      ['other field', post(url, form(good, 'photo')), 400, 'REQUEST_INVALID'],
      ['two files', post(url, two), 413, 'REQUEST_TOO_LARGE'],
      ['nothing', fetch(`${url}/predict`, { method: 'POST' }), 400, 'REQUEST_INVALID'],
      ['elsewhere', fetch(`${url}/admin`), 404, 'ROUTE_UNKNOWN'],
    ];
    for (const [what, response, status, code] of cases) {
      const answered = await response;
      const problem = (await answered.json()) as Problem;
      assert.deepEqual([answered.status, problem.status, problem.code], [status, status, code], what);
      assert.equal(answered.headers.get('content-type'), 'application/problem+json; charset=utf-8', what);
      assert.ok(!JSON.stringify(problem).includes(repositoryRoot), `${what}: paths of the machine stay inside`);
    }
  });

  await t.test('GET /health, /live, /ready, /stats and /metrics say what happened', async () => {
    for (const path of ['/health', '/live', '/ready']) assert.equal((await fetch(url + path)).status, 200, path);
    const stats = (await (await fetch(`${url}/stats`)).json()) as {
      predictions: number;
      failed: number;
      byClass: Record<string, number>;
    };
    assert.equal(stats.predictions, 2 * photos.length);
    assert.equal((stats.byClass['cats'] ?? 0) + (stats.byClass['dogs'] ?? 0), stats.predictions);
    assert.equal(stats.failed, 9);
    const text = await (await fetch(`${url}/metrics`)).text();
    const sample = (name: string): number =>
      text
        .split('\n')
        .filter((line) => line.startsWith(name))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    assert.equal(sample('pawprint_predictions_total{'), stats.predictions);
    assert.equal(
      sample('pawprint_http_requests_total{route="/predict",method="POST",status="200"}'),
      stats.predictions,
    );
    assert.equal(sample('pawprint_http_requests_total{route="unknown"'), 1);
    assert.equal(sample('pawprint_queue_depth'), 0);
    assert.match(text, /pawprint_model_info\{name="transfer",kind="transfer",sha256="[0-9a-f]{64}"\} 1/);
  });

  await t.test('a request id is kept where it is one, made anew where it is not, and stands in the log', async () => {
    const bytes = photos[1]?.bytes ?? Buffer.alloc(0);
    const kept = await post(url, bytes, { 'content-type': 'image/jpeg', 'x-request-id': 'shop-42.a' });
    assert.equal(kept.headers.get('x-request-id'), 'shop-42.a');
    const made = await post(url, bytes, { 'content-type': 'image/jpeg', 'x-request-id': 'no id {}' });
    assert.match(made.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    const { label, confidence } = (await kept.json()) as Answer;
    await made.json();
    const line = service.log().find((each) => each['reqId'] === 'shop-42.a');
    assert.deepEqual(
      [line?.['route'], line?.['status'], line?.['label'], line?.['confidence'], line?.['bytes']],
      ['/predict', 200, label, confidence, bytes.length],
    );
  });

  await t.test('a port that is taken is a usage error', async () => {
    const { exitCode, err } = await runPawprint(['serve', '--model', model, '--port', new URL(url).port], { cwd });
    assert.equal(exitCode, 2);
    assert.match(err, /cannot listen/);
  });

  await t.test('SIGTERM: requests under way are answered, then exit code 0', async () => {
    const answers = photos.map(({ bytes }) => post(url, form(bytes)));
    await answers[0];
    service.child.kill('SIGTERM');
    const ended = once(service.child, 'exit') as Promise<[number | null]>;
    const [[exitCode], settled] = await Promise.all([ended, Promise.allSettled(answers)]);
    assert.equal(exitCode, 0);
    // A request that was taken is answered; one that came too late gets 503 or no connection, never half an answer.
    for (const each of settled)
      if (each.status === 'fulfilled') {
        assert.ok([200, 503].includes(each.value.status), String(each.value.status));
        await each.value.json();
      }
    assert.ok(settled.some((each) => each.status === 'fulfilled' && each.value.status === 200));
  });
});

test('under overload: 429 with Retry-After at once, everything else answered right, /health all the while', async () => {
  const { url } = await serve('--workers', '1', '--max-waiting', '4', '--max-batch', '2');
  const counts = { answered: 0, refused: 0 };
  const health: number[] = [];
  const until = performance.now() + 2000;
  const client = async (start: number): Promise<void> => {
    for (let i = start; performance.now() < until; i++) {
      const response = await post(url, form(photos[i % photos.length]?.bytes ?? Buffer.alloc(0)));
      if (response.status === 200) counts.answered++;
      else {
        assert.equal(response.status, 429);
        assert.equal(response.headers.get('retry-after'), '1');
        counts.refused++;
      }
      await response.json();
    }
  };
  const watch = async (): Promise<void> => {
    while (performance.now() < until) {
      const response = await fetch(`${url}/health`);
      health.push(response.status);
      await response.json();
    }
  };
  await Promise.all([watch(), ...Array.from({ length: 24 }, (_, i) => client(i))]);
  assert.ok(counts.answered > 0 && counts.refused > 0, JSON.stringify(counts));
  assert.ok(health.length > 0 && health.every((status) => status === 200), `${health.length} looks`);
  const stats = (await (await fetch(`${url}/stats`)).json()) as { predictions: number; failed: number };
  assert.deepEqual([stats.predictions, stats.failed], [counts.answered, counts.refused]);
});
