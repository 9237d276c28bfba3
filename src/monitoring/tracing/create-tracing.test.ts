// Tracing with and without a collector, as processes of their own: what is loaded, that the process ends by itself
// whatever the collector does, and that variables of the environment change nothing.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTracing } from './index.ts';
import { startCollector } from './test-fixtures/collector.ts';

const script = fileURLToPath(new URL('./test-fixtures/traced-process.ts', import.meta.url));
/** No figure to measure by: a process that never ends, ends the test. */
const timeout = 60_000;

async function traced(
  endpoint?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ loaded: string[]; traceparent: string }> {
  const args = endpoint === undefined ? [script] : [script, endpoint];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return JSON.parse(stdout) as { loaded: string[]; traceparent: string };
}

test('without an endpoint nothing of OpenTelemetry is loaded, and requests have ids', { timeout }, async () => {
  const { loaded, traceparent } = await traced();
  assert.deepEqual(loaded, []);
  assert.match(traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
});

test('with one it is loaded, and the span arrives', { timeout }, async (t) => {
  const collector = await startCollector(t);
  const { loaded, traceparent } = await traced(collector.endpoint);
  assert.ok(loaded.includes('sdk-trace') && loaded.includes('exporter-trace-otlp-http'));
  const [span] = collector.spans();
  assert.equal(traceparent, `00-${span?.traceId}-${span?.spanId}-03`);
});

test('variables of the environment change nothing that was given', { timeout }, async (t) => {
  const [collector, other] = [await startCollector(t), await startCollector(t)];
  await traced(collector.endpoint, {
    OTEL_EXPORTER_OTLP_ENDPOINT: other.endpoint,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: other.endpoint,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_SDK_DISABLED: 'true',
    OTEL_SERVICE_NAME: 'of-the-environment',
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=0,a=b',
    OTEL_TRACES_SAMPLER: 'always_off',
    OTEL_BSP_MAX_QUEUE_SIZE: '0',
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '0',
  });
  assert.equal(other.requests.length, 0);
  assert.equal(collector.spans()[0]?.attributes['http.route'], '/predict');
  const { 'service.name': name, 'service.version': version, a } = collector.resource();
  assert.deepEqual([name, version, a], ['explicit', '1.2.3', undefined]);
});

const bad: readonly (readonly [string, (t: TestContext) => Promise<string>])[] = [
  ['never answers', async (t) => (await startCollector(t, () => undefined)).endpoint],
  [
    'begins an answer and stops',
    async (t) => (await startCollector(t, (response) => response.writeHead(200).write('{'))).endpoint,
  ],
  ['is overloaded', async (t) => (await startCollector(t, (response) => response.writeHead(503).end())).endpoint],
  [
    'asks to come back in a minute',
    async (t) =>
      (await startCollector(t, (response) => response.writeHead(429, { 'retry-after': '60' }).end())).endpoint,
  ],
  ['fails', async (t) => (await startCollector(t, (response) => response.writeHead(500).end('oops'))).endpoint],
  ['hangs up', async (t) => (await startCollector(t, (response) => response.destroy())).endpoint],
  ['is not there', async () => freeAddress()],
];
// All at once: they wait, they do not work.
suite('a process closes and ends by itself', { concurrency: true }, () => {
  for (const [name, endpoint] of bad)
    test(`whose collector ${name}`, { timeout }, async (t) => {
      const { traceparent } = await traced(await endpoint(t));
      assert.match(traceparent, /-03$/);
    });
});

test('without an endpoint a caller’s trace goes on, and what is not well formed does not', async () => {
  const tracing = await createTracing({ endpoint: null, serviceName: 's', serviceVersion: '1', sampleRatio: 1 });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const known = tracing.start({ traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: 'a=1' }, { name: 'x' });
  assert.equal(known.traceId, traceId);
  assert.notEqual(known.spanId, 'b7ad6b7169203331');
  assert.equal(known.traceparent, `00-${traceId}-${known.spanId}-01`);
  assert.equal(known.tracestate, 'a=1');
  const unknown = tracing.start(
    { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, tracestate: 'a=1' },
    { name: 'x' },
  );
  assert.match(unknown.traceparent, new RegExp(`^00-${unknown.traceId}-${unknown.spanId}-02$`));
  assert.equal(unknown.tracestate, undefined);
  assert.notEqual(tracing.start({}, { name: 'x' }).traceId, unknown.traceId);
  known.child('decode', { startMs: tracing.now(), endMs: tracing.now() });
  known.end({ route: undefined, method: 'GET', status: 404 });
  await tracing.close();
});

/** An address at which nothing listens. */
async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1/traces`;
}
