// OpenTelemetry's variables, as the standard reads them; a value that cannot be used is refused by name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PawprintError } from '../../core/index.ts';
import { tracingOptionsFromEnvironment } from './tracing-options.ts';

type Environment = Readonly<Record<string, string | undefined>>;
const read = tracingOptionsFromEnvironment;
const base = 'http://collector:4318';

test('nothing set: ids without spans, under the name pawprint', () => {
  assert.deepEqual(read({ PATH: '/bin', OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_SERVICE_NAME: ' ' }), {
    endpoint: null,
    headers: {},
    serviceName: 'pawprint',
    resourceAttributes: {},
    sampleRatio: 1,
    parentBased: true,
  });
});

const endpoints: readonly (readonly [string, Environment, string | null])[] = [
  ['the base gets /v1/traces', { OTEL_EXPORTER_OTLP_ENDPOINT: base }, `${base}/v1/traces`],
  ['a base with a slash, too', { OTEL_EXPORTER_OTLP_ENDPOINT: `${base}/` }, `${base}/v1/traces`],
  ['a base with a path keeps it', { OTEL_EXPORTER_OTLP_ENDPOINT: `${base}/otlp/` }, `${base}/otlp/v1/traces`],
  ['a base with a query keeps it', { OTEL_EXPORTER_OTLP_ENDPOINT: `${base}/a?b=c` }, `${base}/a/v1/traces?b=c`],
  ['https', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example' }, 'https://c.example/v1/traces'],
  ['the address of traces is used as it is', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${base}/in` }, `${base}/in`],
  [
    'the address of traces goes before the base',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${base}/in` },
    `${base}/in`,
  ],
  [
    'http/protobuf collectors take JSON',
    { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
    `${base}/v1/traces`,
  ],
  ['the SDK is off', { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_SDK_DISABLED: 'true' }, null],
  ['the SDK is not off', { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_SDK_DISABLED: 'False' }, `${base}/v1/traces`],
  ['no exporter', { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_TRACES_EXPORTER: 'none' }, null],
  ['gRPC that is not used', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, null],
];
for (const [name, env, expected] of endpoints)
  test(`endpoint: ${name}`, () => {
    assert.equal(read(env).endpoint, expected);
  });

test('headers: percent-encoding, spaces, equals signs; those of traces go first', () => {
  assert.deepEqual(
    read({
      OTEL_EXPORTER_OTLP_HEADERS: ' Authorization=Basic%20YWJj== , x-tenant = a%2Cb ,x-both=1,',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-both=2',
    }).headers,
    { Authorization: 'Basic YWJj==', 'x-tenant': 'a,b', 'x-both': '2' },
  );
});

test('the service’s name: its own variable, then the attribute, then pawprint', () => {
  const OTEL_RESOURCE_ATTRIBUTES = 'service.name=of-attribute,deployment.environment.name=staging%20eu';
  const named = read({ OTEL_RESOURCE_ATTRIBUTES });
  assert.equal(named.serviceName, 'of-attribute');
  assert.deepEqual(named.resourceAttributes, { 'deployment.environment.name': 'staging eu' });
  assert.equal(read({ OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: 'own' }).serviceName, 'own');
});

const samplers: readonly (readonly [Environment, number, boolean])[] = [
  [{ OTEL_TRACES_SAMPLER: 'always_on' }, 1, false],
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, 0, false],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 0.25, false],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, 1, false],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, 1, true],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off', OTEL_TRACES_SAMPLER_ARG: '0.5' }, 0, true],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, 0, true],
  [{ OTEL_TRACES_SAMPLER_ARG: '0.5' }, 1, true],
];
for (const [env, ratio, parentBased] of samplers)
  test(`sampler: ${Object.values(env).join(' ')}`, () => {
    const options = read(env);
    assert.deepEqual([options.sampleRatio, options.parentBased], [ratio, parentBased]);
  });

const malformed: readonly (readonly [string, string, RegExp])[] = [
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', /http:\/\//],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost', /http:\/\//],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://', /http:\/\//],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'ftp://collector/v1/traces', /http:\/\//],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization', /key=value/],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a b=1', /key=value/],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%0d%0ahost:b', /key=value/],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%zz', /key=value/],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', '=1', /key=value/],
  ['OTEL_RESOURCE_ATTRIBUTES', 'service.name', /key=value/],
  ['OTEL_TRACES_SAMPLER', 'jaeger_remote', /one of always_on, always_off, traceidratio/],
  ['OTEL_TRACES_SAMPLER_ARG', 'half', /a number/],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5', /at most 1/],
  ['OTEL_TRACES_SAMPLER_ARG', '-0.1', /at least 0/],
  ['OTEL_SDK_DISABLED', 'perhaps', /one of true, false/],
  ['OTEL_TRACES_EXPORTER', 'zipkin', /one of otlp, none/],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'carrier-pigeon', /one of grpc/],
];
for (const [name, value, expected] of malformed)
  test(`refused: ${name}=${value}`, () => {
    assert.throws(
      () => read({ [name]: value }),
      (error) => {
        assert.ok(error instanceof PawprintError);
        assert.equal(error.code, 'CONFIG_INVALID');
        assert.ok(error.message.includes(name), error.message);
        assert.match(error.expected ?? '', expected);
        return true;
      },
    );
  });

test('gRPC at an endpoint is refused, by the variable that asks for it', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  assert.throws(() => read({ ...env, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }), {
    code: 'CONFIG_INVALID',
    message: /OTEL_EXPORTER_OTLP_PROTOCOL/,
  });
  assert.throws(() => read({ ...env, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }), {
    code: 'CONFIG_INVALID',
    message: /OTEL_EXPORTER_OTLP_TRACES_PROTOCOL/,
  });
});

test('no word of a refusal shows a key or a password', () => {
  for (const env of [
    { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer s3cret,oops' },
    { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 's3cret' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'htp://user:s3cret@collector:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'user:s3cret@collector:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: `user:s3cret${'x'.repeat(100)}@collector:4318` },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318/?key=s3cret' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:s3c/s3cret@collector:99999' },
  ])
    assert.throws(
      () => read(env),
      (error) => {
        assert.ok(error instanceof PawprintError);
        const words = [error.message, error.expected, error.received, error.hint].join(' ');
        assert.ok(!words.includes('s3c'), words);
        return true;
      },
    );
});
