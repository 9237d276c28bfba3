// pawprint smoke-test passes on the real service, and on each of many services that break one promise it fails by the check
// that the promise belongs to, and by no other.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { writeColourModel, writeColourPicture } from './support/colour-model.ts';
import { runInProcess } from './support/run-in-process.ts';
import { repositoryRoot, runPawprint } from './support/run-pawprint.ts';
import { boxModel, startService } from './support/running-service.ts';
import { type Fault, startWireService } from './support/wire-service.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-smoke-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

interface Report {
  passed: boolean;
  unreachable: string | null;
  model: { name: string } | null;
  checks: { name: string; verdict: 'passed' | 'failed' | 'not checked'; detail: string }[];
}

const names = [
  ...['health', 'live', 'ready', 'predict', 'labels', 'raw body', 'request id'],
  ...['bad file', 'two files', 'too large', 'metrics', 'stats'],
];

/** Runs the command with --json. Every check stands in the report, whatever happened. */
async function smoke(url: string, ...flags: string[]): Promise<{ exitCode: number; report: Report }> {
  const { exitCode, out, err } = await runInProcess(['smoke-test', '--url', url, '--json', ...flags], { cwd });
  assert.equal(err, '');
  const report = JSON.parse(out) as Report;
  assert.deepEqual(
    report.checks.map(({ name }) => name),
    names,
  );
  assert.equal(exitCode, report.passed ? 0 : 1);
  return { exitCode, report };
}

const having = ({ checks }: Report, wanted: string): string[] =>
  checks.filter(({ verdict }) => verdict === wanted).map(({ name }) => name);
const detailOf = ({ checks }: Report, name: string): string =>
  checks.find((check) => check.name === name)?.detail ?? '';

async function wireService(t: TestContext, fault: Fault = {}): Promise<string> {
  const service = await startWireService(fault);
  t.after(() => service.close());
  return service.url;
}

async function realService(t: TestContext, model: string): Promise<string> {
  const service = await startService([], { cwd, model });
  t.after(() => service.kill());
  return service.url;
}

for (const kind of ['transfer', 'cnn'] as const)
  test(`the ${kind} model in the box knows the pictures in the box`, async () => {
    const pictures = join(repositoryRoot, 'assets/pictures');
    const { exitCode, out } = await runInProcess(['predict', '--json', '--model', boxModel(kind), pictures], { cwd });
    assert.equal(exitCode, 0);
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string; answer: string });
    assert.equal(answers.length, 4);
    for (const { file, answer } of answers) assert.ok(file.includes(`pictures/${answer}/`), `${file}: ${answer}`);
  });

test('the real service passes, every check, by the very counts', async (t) => {
  const url = await realService(t, boxModel('transfer'));
  const { report } = await smoke(url, '--exclusive');
  assert.deepEqual(having(report, 'passed'), names, JSON.stringify(report.checks));
  assert.equal(report.model?.name, 'transfer');
  assert.match(detailOf(report, 'metrics'), /answered \+6, refused \+3, cats \+4, dogs \+2/);
  const { exitCode, out } = await runInProcess(['smoke-test', '--url', `${url}/`], { cwd });
  assert.equal(exitCode, 0);
  assert.match(out, /^check +result +ms +detail\nhealth +ok +\d+ +model transfer/);
  assert.match(out, /: passed\n$/);
});

test('the real service with other classes: labels need photos of these', async (t) => {
  await writeColourModel(join(cwd, 'colour.onnx'), { classNames: ['blue', 'red'], knownAnswer: true });
  await writeColourPicture(join(cwd, 'colours/Reds/one.jpg'), [250, 20, 20]);
  await writeColourPicture(join(cwd, 'colours/Blue/one.png'), [20, 20, 250]);
  const url = await realService(t, 'colour.onnx');
  const { report } = await smoke(url);
  assert.deepEqual(having(report, 'failed'), []);
  assert.deepEqual(having(report, 'not checked'), ['labels']);
  assert.match(detailOf(report, 'labels'), /knows blue, red; .*--photos DIR/);

  const own = await smoke(url, '--photos', 'colours');
  assert.deepEqual(having(own.report, 'passed'), names, JSON.stringify(own.report.checks));
  await writeColourPicture(join(cwd, 'wrong/blue/red.jpg'), [250, 20, 20]);
  assert.deepEqual(having((await smoke(url, '--photos', 'wrong')).report, 'failed'), ['labels']);
  await writeColourPicture(join(cwd, 'unknown/green/one.jpg'), [20, 250, 20]);
  const unknown = await smoke(url, '--photos', 'unknown');
  assert.deepEqual(having(unknown.report, 'failed'), ['labels']);
  assert.match(detailOf(unknown.report, 'labels'), /does not know the class green; it knows blue, red/);
});

test('the server that the faults are put into is an honest one', async (t) => {
  const { report } = await smoke(await wireService(t), '--exclusive');
  assert.deepEqual(having(report, 'passed'), names, JSON.stringify(report.checks));
});

type Tamper = NonNullable<Fault['tamper']>;
const on =
  (asked: string, change: Tamper): Tamper =>
  (each, reply, request) =>
    each === asked ? change(each, reply, request) : undefined;
/** Changes answers to pictures, and leaves refusals as they are. */
const onAnswer = (change: (body: Record<string, unknown>) => object): Tamper =>
  on('POST /predict', (_, reply) =>
    reply.status === 200 ? { ...reply, body: change(reply.body as Record<string, unknown>) } : reply,
  );
const frozen = (asked: string): Tamper => {
  let first: unknown;
  return on(asked, (_, reply) => ({ ...reply, body: (first ??= structuredClone(reply.body)) }));
};

const answerChecks = ['predict', 'raw body', 'request id'];
const refusalChecks = ['bad file', 'two files', 'too large'];
/** A fault, the checks that must fail for it, and what one of them must say. */
const faults: readonly [string, Fault, readonly string[], RegExp, ...string[]][] = [
  ['one label whatever the picture', { label: () => 'cats' }, ['labels'], /2 of 4 wrong; dogs\/.*: cats 90\.0 %/],
  ['random labels', { label: (_, n) => (n % 3 === 0 ? 'dogs' : 'cats') }, ['labels', 'raw body'], /another answer/],
  ['swapped classes', { label: (label) => (label === 'cats' ? 'dogs' : 'cats') }, ['labels'], /4 of 4 wrong/],
  ['metrics that never move', { tamper: frozen('GET /metrics') }, ['metrics'], /answered moved by 0, but 6 were sent/],
  ['stats that never move', { tamper: frozen('GET /stats') }, ['stats'], /predictions moved by 0, but 6 were sent/],
  ['counts twice', { step: 2 }, ['metrics', 'stats'], /answered moved by 12, but 6 were sent/, '--exclusive'],
  [
    'metrics that are HTML',
    { tamper: on('GET /metrics', (_, reply) => ({ ...reply, body: '<p>metrics</p>' })) },
    ['metrics'],
    /Prometheus/,
  ],
  ['garbage taken for a cat', { takesAnything: true }, ['bad file'], /status 200, not 415 or 422/],
  [
    'garbage refused with status 200',
    { tamper: on('POST /predict', (_, reply) => (reply.status === 415 ? { ...reply, status: 200 } : reply)) },
    ['bad file', 'stats'],
    /status 200 IMAGE_UNSUPPORTED, not 415 or 422/,
  ],
  [
    'two files taken for one',
    {
      tamper: on('POST /predict', (_, reply, { headers }) =>
        reply.status === 413 && Number(headers['content-length']) < 1e6 ? { ...reply, status: 302 } : reply,
      ),
    },
    ['two files'],
    /status 302/,
  ],
  ['500 on stats', { tamper: on('GET /stats', (_, reply) => ({ ...reply, status: 500 })) }, ['stats'], /status 500/],
  ['not ready', { tamper: on('GET /ready', (_, reply) => ({ ...reply, status: 503 })) }, ['ready'], /status 503/],
  ['dead', { tamper: on('GET /live', (_, reply) => ({ ...reply, status: 500 })) }, ['live'], /status 500/],
  [
    'health that says so',
    { tamper: on('GET /health', (_, reply) => ({ ...reply, body: { status: 'not ready', ready: false } })) },
    ['health'],
    /status: "not ready", not "ok"/,
  ],
  [
    'a wrong content type',
    { tamper: on('POST /predict', (_, reply) => (reply.status === 200 ? { ...reply, type: 'text/html' } : reply)) },
    answerChecks,
    /content type text\/html, not application\/json/,
  ],
  [
    'no JSON',
    { tamper: on('POST /predict', (_, reply) => (reply.status === 200 ? { ...reply, body: '{"label":' } : reply)) },
    answerChecks,
    /no JSON/,
  ],
  [
    'probabilities that do not sum to 1',
    { tamper: onAnswer((body) => ({ ...body, probabilities: { cats: 0.9, dogs: 0.9 } })) },
    ['predict', 'raw body'],
    /sum to 1\.8, not 1/,
  ],
  [
    'a label that is not the likeliest',
    { tamper: onAnswer((body) => ({ ...body, confidence: 0.1, probabilities: swap(body['probabilities']) })) },
    ['predict', 'raw body'],
    /not the likeliest/,
  ],
  [
    'a confidence from elsewhere',
    { tamper: onAnswer((body) => ({ ...body, confidence: 0.99 })) },
    ['predict', 'raw body'],
    /a confidence of 0\.99 for a probability of 0\.9/,
  ],
  [
    'a probability that is null',
    { tamper: onAnswer((body) => ({ ...body, probabilities: { cats: null, dogs: 1 } })) },
    answerChecks,
    /probabilities\.cats: null/,
  ],
  [
    'request ids of its own',
    { tamper: on('POST /predict', (_, reply) => ({ ...reply, headers: { 'x-request-id': 'mine' } })) },
    ['request id'],
    /X-Request-ID mine for smoke-/,
  ],
  [
    'another model in stats',
    {
      tamper: on('GET /stats', (_, reply) => ({
        ...reply,
        body: { ...(reply.body as object), model: { name: 'other', sha256: 'ab'.repeat(32) } },
      })),
    },
    ['stats'],
    /model other, but wire in the answers/,
  ],
  [
    'refusals without a code',
    {
      tamper: on('POST /predict', (_, reply) =>
        reply.status >= 400 ? { ...reply, body: { status: reply.status, title: 'No' } } : reply,
      ),
    },
    refusalChecks,
    /code: nothing, not /,
  ],
  [
    'refusals as plain JSON',
    {
      tamper: on('POST /predict', (_, reply) => (reply.status >= 400 ? { ...reply, type: 'application/json' } : reply)),
    },
    refusalChecks,
    /content type application\/json, not application\/problem\+json/,
  ],
  [
    'no limit on bodies',
    {
      tamper: on('POST /predict', (_, reply, { headers }) =>
        Number(headers['content-length']) > 1e9 ? 'hang' : reply,
      ),
    },
    ['too large'],
    /no answer within 2000 ms/,
    '--timeout-ms',
    '2000',
  ],
  [
    'predictions that hang',
    { tamper: on('POST /predict', () => 'hang') },
    ['predict', 'raw body', 'request id', ...refusalChecks],
    /no answer within 500 ms/,
    '--timeout-ms',
    '500',
  ],
  [
    'health that never ends',
    { tamper: on('GET /health', () => 'drip') },
    ['health'],
    /no answer within 2000 ms/,
    '--timeout-ms',
    '2000',
  ],
];

function swap(probabilities: unknown): object {
  const { cats, dogs } = probabilities as { cats: number; dogs: number };
  return { cats: dogs, dogs: cats };
}

test('a service that breaks one promise fails by the check of that promise', { concurrency: 4 }, async (t) => {
  await Promise.all(
    faults.map(([what, fault, expected, words, ...flags]) =>
      t.test(what, async (own) => {
        const { exitCode, report } = await smoke(await wireService(own, fault), ...flags);
        assert.equal(exitCode, 1);
        assert.deepEqual(having(report, 'failed'), expected, JSON.stringify(report.checks));
        assert.match(expected.map((name) => detailOf(report, name)).join('\n'), words);
      }),
    ),
  );
});

test('others may use the service: at least what was sent is enough', async (t) => {
  assert.deepEqual(having((await smoke(await wireService(t, { step: 2 }))).report, 'failed'), []);
});

test('several processes behind one address: counters are only compared where they can be', async (t) => {
  let turn = 0;
  const url = await wireService(t, {
    tamper: on('GET /stats', (_, reply) => ({
      ...reply,
      body: { ...(reply.body as object), startedAt: `replica ${turn++ % 2}` },
    })),
  });
  const { report } = await smoke(url);
  assert.deepEqual(having(report, 'failed'), ['stats']);
  assert.match(detailOf(report, 'stats'), /several processes .*--no-counters/);
  assert.deepEqual(having((await smoke(url, '--no-counters')).report, 'passed'), names);
});

test('a service that answers nothing fails every check for one reason, and does not hang the test', async (t) => {
  const closed = await startWireService();
  await closed.close();
  for (const [url, reason, ...flags] of [
    [closed.url, 'connection refused'],
    [await wireService(t, { tamper: () => 'hang' }), 'no answer within 500 ms', '--timeout-ms', '500'],
  ] as const) {
    const { report } = await smoke(url, ...flags);
    assert.deepEqual(having(report, 'failed'), names);
    assert.equal(report.unreachable, reason);
    for (const { detail } of report.checks) assert.ok(detail.endsWith(`: ${reason}`), detail);
  }
  const { exitCode, out } = await runInProcess(['smoke-test', '--url', closed.url], { cwd });
  assert.equal(exitCode, 1);
  assert.match(
    out,
    /failed: 12 of 12 checks\nNothing answers at \S+ \(connection refused\)\. Is it running there\?\n$/,
  );
});

test('a key is sent from the flag or the variable, and asked for where it is missing', async (t) => {
  const url = await wireService(t, { apiKey: 'k-123' });
  const { exitCode, out } = await runInProcess(['smoke-test', '--url', url], { cwd });
  assert.equal(exitCode, 1);
  assert.match(out, /predict +FAILED +\d+ +status 401 KEY_MISSING/);
  assert.match(out, /asks for a key: --api-key, or the variable PAWPRINT_API_KEY/);
  assert.deepEqual(having((await smoke(url, '--api-key', 'k-123')).report, 'passed'), names);
  const child = await runPawprint(['smoke-test', '--url', url], { cwd, env: { PAWPRINT_API_KEY: 'k-123' } });
  assert.equal(child.exitCode, 0, child.out + child.err);
  const broken = await runInProcess(['smoke-test', '--url', url, '--api-key', 'k-123\n'], { cwd });
  assert.equal(broken.exitCode, 2);
  assert.ok(!broken.err.includes('k-123'));
});

test('a busy service is asked again when it says when', async (t) => {
  let refused = 0;
  const url = await wireService(t, {
    tamper: on('POST /predict', (_, reply) => {
      if (reply.status !== 200 || refused++ > 0) return reply;
      return { ...reply, status: 429, headers: { 'retry-after': '1' } };
    }),
  });
  assert.deepEqual(having((await smoke(url)).report, 'failed'), []);
});

test('what a service says cannot move the cursor', async (t) => {
  const evil = '\u001b[2Jcats\u202e\n\u0007';
  const url = await wireService(t, { classNames: [evil, 'dogs'] });
  const { out } = await runInProcess(['smoke-test', '--url', url], { cwd });
  assert.match(out, /labels +not checked/);
  assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

test('an address that is none, and a folder without pictures, are said before anything is asked', async () => {
  for (const url of ['ftp://localhost', 'http://', 'http://user:secret@localhost', 'http://localhost/?q=1']) {
    const { exitCode, err } = await runInProcess(['smoke-test', '--url', url], { cwd });
    assert.equal(exitCode, 2, url);
    assert.ok(!err.includes('secret'), err);
  }
  const { exitCode, err } = await runInProcess(['smoke-test', '--photos', '.', '--url', 'http://localhost:1'], { cwd });
  assert.deepEqual([exitCode, /no pictures/.test(err)], [1, true], err);
});
