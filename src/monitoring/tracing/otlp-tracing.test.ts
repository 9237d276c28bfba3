// Spans as a real collector receives them, and a service that does not feel a collector that fails.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Registry } from 'prom-client';
import { tracingMetrics } from '../metrics/tracing.ts';
import { createTracing, type RequestTrace, type TracingDependencies, type TracingOptions } from './index.ts';
import { startCollector } from './test-fixtures/collector.ts';

const service = { serviceName: 'pawprint', serviceVersion: '1.2.3', sampleRatio: 1 };
const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';
const caller = (flags: '00' | '01'): { traceparent: string } => ({
  traceparent: `00-${traceId}-${callerSpan}-${flags}`,
});
const predicted = { route: '/predict', method: 'POST', status: 200 };
/** No figure to measure by: what never comes back ends the test. */
const timeout = 60_000;

/** The values of the families, by name and label. */
async function counted(registry: Registry): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', value] = line.split(' ');
      return [name.replace('pawprint_trace_', ''), Number(value)];
    }),
  );
}

test('a request and its parts arrive as one tree, in the caller’s trace', { timeout }, async (t) => {
  const collector = await startCollector(t);
  const tracing = await createTracing({
    ...service,
    endpoint: collector.endpoint,
    headers: { authorization: 'Bearer of-the-collector' },
    resourceAttributes: { 'deployment.environment.name': 'test' },
  });
  const before = tracing.now();
  const request = tracing.start(
    { ...caller('01'), tracestate: 'rojo=00f067aa0ba902b7,0digit@x=1' },
    { name: 'POST', attributes: { 'http.request.method': 'POST', 'url.path': '/predict?key=secret' } },
  );
  request.child('decode', { startMs: before + 0.25, endMs: before + 3.5 }, { 'pawprint.image.bytes': 45_000 });
  request.child('queue', { startMs: before + 3.5, endMs: before + 4 });
  request.child('inference', { startMs: before + 4, endMs: before + 9.75 }, { 'pawprint.batch.size': 2 });
  request.child('never', { startMs: NaN, endMs: before });
  request.end({ ...predicted, attributes: { 'pawprint.label': 'cat', 'pawprint.long': 'x'.repeat(1000) } });
  request.end({ ...predicted, status: 500 });
  const after = tracing.now();
  await tracing.close();

  const spans = collector.spans();
  assert.deepEqual(
    spans.map(({ name, kind, status, traceState }) => [name, kind, status, traceState]),
    [
      ['decode', 1, 0, 'rojo=00f067aa0ba902b7,0digit@x=1'],
      ['queue', 1, 0, 'rojo=00f067aa0ba902b7,0digit@x=1'],
      ['inference', 1, 0, 'rojo=00f067aa0ba902b7,0digit@x=1'],
      ['POST /predict', 2, 0, 'rojo=00f067aa0ba902b7,0digit@x=1'],
    ],
  );
  const [decode, , inference, server] = spans;
  assert.ok(decode !== undefined && inference !== undefined && server !== undefined);
  for (const span of spans) assert.equal(span.traceId, traceId);
  for (const part of spans.slice(0, 3)) assert.equal(part.parentSpanId, request.spanId);
  assert.equal(server.parentSpanId, callerSpan);
  assert.equal(server.spanId, request.spanId);
  assert.equal(request.traceparent, `00-${traceId}-${server.spanId}-01`);

  // Floats of epoch milliseconds are good to a quarter of a microsecond.
  const near = (value: number, expected: number): void => {
    assert.ok(Math.abs(value - expected) < 0.002, `${value} is not ${expected}`);
  };
  near(decode.startMs, before + 0.25);
  near(decode.endMs - decode.startMs, 3.25);
  near(inference.endMs, before + 9.75);
  assert.ok(server.startMs >= before - 0.002 && server.endMs <= after + 0.002 && server.startMs <= server.endMs);

  assert.deepEqual(decode.attributes, { 'pawprint.image.bytes': 45_000 });
  assert.deepEqual(server.attributes, {
    'http.request.method': 'POST',
    'url.path': '/predict',
    'http.route': '/predict',
    'http.response.status_code': 200,
    'pawprint.label': 'cat',
    'pawprint.long': 'x'.repeat(256),
  });
  const { 'telemetry.sdk.version': sdkVersion, ...resource } = collector.resource();
  assert.equal(typeof sdkVersion, 'string');
  assert.deepEqual(resource, {
    'service.name': 'pawprint',
    'service.version': '1.2.3',
    'deployment.environment.name': 'test',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
  });
  const [exported] = collector.requests;
  assert.equal(exported?.path, '/v1/traces');
  assert.equal(exported.headers.authorization, 'Bearer of-the-collector');
  assert.equal(exported.headers['content-type'], 'application/json');
  assert.ok(!exported.body.includes('secret'));
});

test('a failure of the service is an error, a mistake of the client is none', { timeout }, async (t) => {
  const collector = await startCollector(t);
  const tracing = await createTracing({ ...service, endpoint: collector.endpoint });
  const answer = (status: number, error?: string): void =>
    tracing.start({}, { name: 'POST' }).end({ ...predicted, status, error });
  answer(415, 'IMAGE_UNSUPPORTED');
  answer(503, 'OVERLOADED');
  answer(500);
  await tracing.close();
  const spans = collector.spans();
  assert.deepEqual(
    spans.map(({ status, attributes }) => [status, attributes['error.type'], attributes['pawprint.error.code']]),
    [
      [0, undefined, 'IMAGE_UNSUPPORTED'],
      [2, 'OVERLOADED', 'OVERLOADED'],
      [2, '500', undefined],
    ],
  );
  assert.equal(new Set(spans.map((span) => span.traceId)).size, 3);
  assert.ok(spans.every((span) => span.parentSpanId === undefined));
});

interface Sampling {
  readonly options: Partial<TracingOptions>;
  /** Of the callers' sampled, the callers' unsampled and the new ones: which arrive. */
  readonly kept: readonly [boolean, boolean, boolean];
}
const sampling: Readonly<Record<string, Sampling>> = {
  'all, but the caller’s word goes first': { options: { sampleRatio: 1 }, kept: [true, false, true] },
  'none, but the caller’s word goes first': { options: { sampleRatio: 0 }, kept: [true, false, false] },
  'all, whatever the caller says': { options: { sampleRatio: 1, parentBased: false }, kept: [true, true, true] },
  'none, whatever the caller says': { options: { sampleRatio: 0, parentBased: false }, kept: [false, false, false] },
};
for (const [name, { options, kept }] of Object.entries(sampling))
  test(`sampling: ${name}`, { timeout }, async (t) => {
    const collector = await startCollector(t);
    const tracing = await createTracing({ ...service, ...options, endpoint: collector.endpoint });
    const requests = [caller('01'), caller('00'), {}].map((headers) => tracing.start(headers, { name: 'POST' }));
    for (const request of requests) {
      request.child('decode', { startMs: tracing.now(), endMs: tracing.now() });
      request.end(predicted);
    }
    await tracing.close();
    const arrived = new Set(collector.spans().map((span) => span.spanId));
    assert.deepEqual(
      requests.map((request) => arrived.has(request.spanId)),
      kept,
    );
    // What the caller is told is what was done; a trace that begins here says that its id is random.
    assert.deepEqual(
      requests.map((request) => Number(request.traceparent.at(-1))),
      kept.map((sampled, i) => (sampled ? 1 : 0) + (i === 2 ? 2 : 0)),
    );
    assert.equal(collector.spans().length, 2 * kept.filter(Boolean).length, 'parts go with their request');
  });

test('sampling: a share of new traces, the same at every service', { timeout }, async (t) => {
  const arrived: Set<string>[] = [];
  const ids = Array.from({ length: 400 }, (_, i) => (i * 0x9e3779b1 + 1).toString(16).padStart(32, 'a'));
  for (let i = 0; i < 2; i++) {
    const collector = await startCollector(t);
    const options = { ...service, endpoint: collector.endpoint, sampleRatio: 0.25, parentBased: false };
    const tracing = await createTracing(options);
    for (const id of ids) tracing.start({ traceparent: `00-${id}-${callerSpan}-00` }, { name: 'GET' }).end(predicted);
    await tracing.close();
    arrived.push(new Set(collector.spans().map((span) => span.traceId)));
  }
  assert.deepEqual(arrived[0], arrived[1]);
  const share = (arrived[0]?.size ?? 0) / ids.length;
  assert.ok(share > 0.1 && share < 0.4, `${share} of the traces were kept`);
});

test('more spans than one batch holds all arrive, and are counted', { timeout }, async (t) => {
  const collector = await startCollector(t);
  const registry = new Registry();
  const tracing = await createTracing({ ...service, endpoint: collector.endpoint, metrics: tracingMetrics(registry) });
  for (let i = 0; i < 1500; i++) tracing.start({}, { name: 'GET' }).end(predicted);
  await tracing.close();
  assert.equal(new Set(collector.spans().map((span) => span.spanId)).size, 1500);
  assert.deepEqual(await counted(registry), {
    spans_exported_total: 1500,
    'spans_dropped_total{reason="failed"}': 0,
    'spans_dropped_total{reason="queue_full"}': 0,
    export_failures_total: 0,
  });
});

/** 3,000 requests, then close; how often an outage was told. */
async function serveThrough(
  options: Pick<TracingOptions, 'endpoint'> & TracingDependencies,
): Promise<{ readonly errors: Error[]; readonly requests: RequestTrace[] }> {
  const errors: Error[] = [];
  const tracing = await createTracing({ ...service, ...options, onError: (error) => errors.push(error) });
  const requests = Array.from({ length: 3000 }, () => tracing.start({}, { name: 'GET' }));
  for (const request of requests) request.end(predicted);
  await tracing.close();
  await tracing.close();
  return { errors, requests };
}

const answers: Readonly<Record<string, { readonly status: number | null; readonly says: RegExp }>> = {
  hangs: { status: null, says: /takes no spans: tracing is closed/ },
  'answers 500': { status: 500, says: /takes no spans: 500 Internal Server Error/ },
  'answers 503': { status: 503, says: /takes no spans: / },
};
suite('every span is counted, the outage is told once, close comes back', { concurrency: true }, () => {
  for (const [name, { status, says }] of Object.entries(answers))
    test(`a collector that ${name}`, { timeout }, async (t) => {
      const collector = await startCollector(t, (response) => {
        if (status !== null) response.writeHead(status).end();
      });
      const registry = new Registry();
      const metrics = tracingMetrics(registry);
      const { errors, requests } = await serveThrough({ endpoint: collector.endpoint, metrics });
      assert.ok(requests.every((request) => request.traceparent.endsWith('-03')));
      // Retries that were waiting when close came back fail by themselves.
      await until(async () => {
        const {
          'spans_dropped_total{reason="failed"}': failed = 0,
          'spans_dropped_total{reason="queue_full"}': full = 0,
        } = await counted(registry);
        return failed + full === 3000;
      });
      const { export_failures_total: failures, spans_exported_total: exported, ...dropped } = await counted(registry);
      assert.equal(exported, 0);
      assert.ok((failures ?? 0) > 0);
      assert.ok((dropped['spans_dropped_total{reason="queue_full"}'] ?? 0) > 0, 'not all 3,000 were held in memory');
      assert.equal(errors.length, 1);
      assert.match(errors[0]?.message ?? '', says);
    });
});

test('a collector that comes back gets the spans that follow', { timeout }, async (t) => {
  let up = false;
  const collector = await startCollector(t, (response) => response.writeHead(up ? 200 : 500).end('{}'));
  const registry = new Registry();
  const errors: Error[] = [];
  const tracing = await createTracing({
    ...service,
    endpoint: collector.endpoint,
    metrics: tracingMetrics(registry),
    onError: (error) => errors.push(error),
  });
  tracing.start({}, { name: 'GET' }).end(predicted);
  await until(async () => (await counted(registry)).export_failures_total === 1);
  up = true;
  const second = tracing.start({}, { name: 'GET' });
  second.end(predicted);
  await tracing.close();
  assert.equal(collector.spans().at(-1)?.spanId, second.spanId);
  assert.deepEqual([errors.length, (await counted(registry)).spans_exported_total], [1, 1]);
});

/** Resolves when `holds` does; the test's own timeout ends a wait that is in vain. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
