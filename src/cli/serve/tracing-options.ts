// OpenTelemetry's standard variables to options of tracing, as a pure function. A value that cannot be used stops the
// start, by name: the standard's own silence would show only as traces that never come.
import { z } from 'zod';
import { listComplaints, PawprintError, previewValue } from '../../core/index.ts';
import type { TracingOptions } from '../../monitoring/index.ts';

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const address = z.string().refine(isHttpAddress, 'an address that begins with http:// or https://');
const pairs = (check: (key: string, value: string) => boolean): z.ZodType<Record<string, string>, string> =>
  z.string().transform((text, context) => {
    const parsed = parsePairs(text);
    if (parsed !== undefined && Object.entries(parsed).every(([key, value]) => check(key, value))) return parsed;
    context.addIssue({ code: 'custom', message: 'key=value,key=value with values in percent-encoding' });
    return z.NEVER;
  });
const headers = pairs((key, value) => /^[!#$%&'*+.^_`|~\w-]+$/.test(key) && /^[\t -~\x80-\xff]*$/.test(value));
const protocol = z.enum(['grpc', 'http/protobuf', 'http/json']);

const schema = z.object({
  OTEL_SDK_DISABLED: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers.optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs((key) => key !== '').optional(),
  OTEL_TRACES_SAMPLER: z.enum(samplers).optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).optional(),
});

type Variables = z.output<typeof schema>;

/**
 * The options that `env` asks for; a variable that is empty is not set. Without an endpoint, with OTEL_SDK_DISABLED=true
 * or OTEL_TRACES_EXPORTER=none, spans go nowhere. Throws CONFIG_INVALID, which names the variable and shows no header.
 */
export function tracingOptionsFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Omit<TracingOptions, 'serviceVersion'> {
  const variables = readVariables(env);
  const { 'service.name': named, ...resourceAttributes } = variables.OTEL_RESOURCE_ATTRIBUTES ?? {};
  return {
    endpoint: chooseEndpoint(variables),
    headers: { ...variables.OTEL_EXPORTER_OTLP_HEADERS, ...variables.OTEL_EXPORTER_OTLP_TRACES_HEADERS },
    serviceName: variables.OTEL_SERVICE_NAME ?? named ?? 'pawprint',
    resourceAttributes,
    ...chooseSampling(variables),
  };
}

function readVariables(env: Readonly<Record<string, string | undefined>>): Variables {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [complaint] = listComplaints(parsed.error, given);
  const name = complaint?.path ?? '';
  throw new PawprintError('CONFIG_INVALID', {
    message: `the environment variable ${name} has a value that does not fit`,
    expected: complaint?.expected ?? '',
    received: maskedValue(name, given[name] ?? ''),
    hint: `Correct or unset ${name}.`,
  });
}

/** Headers are keys, and an address may hold a password or, in its query, a key. */
function maskedValue(name: string, value: string): string {
  if (name.endsWith('_HEADERS')) return 'something else (not shown)';
  return previewValue(value.replace(/^.*@/s, '…@').replace(/\?.*$/s, '?…'));
}

function chooseEndpoint(variables: Variables): string | null {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact, OTEL_EXPORTER_OTLP_ENDPOINT: base } = variables;
  const off = variables.OTEL_SDK_DISABLED === true || variables.OTEL_TRACES_EXPORTER === 'none';
  if (off || (exact ?? base) === undefined) return null;
  const name =
    variables.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL === undefined
      ? 'OTEL_EXPORTER_OTLP_PROTOCOL'
      : 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL';
  if (variables[name] === 'grpc')
    throw new PawprintError('CONFIG_INVALID', {
      message: `the environment variable ${name} asks for a protocol that is not spoken`,
      expected: 'http/json, or http/protobuf, whose collectors take JSON at the same address',
      received: 'grpc',
      hint: `Unset ${name} and give the collector's HTTP port, usually 4318.`,
    });
  if (exact !== undefined) return exact;
  const url = new URL(base ?? '');
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url.href;
}

function chooseSampling(variables: Variables): { readonly sampleRatio: number; readonly parentBased: boolean } {
  const { OTEL_TRACES_SAMPLER: sampler = 'parentbased_always_on', OTEL_TRACES_SAMPLER_ARG: ratio = 1 } = variables;
  const sampleRatio = sampler.endsWith('always_on') ? 1 : sampler.endsWith('always_off') ? 0 : ratio;
  return { sampleRatio, parentBased: sampler.startsWith('parentbased_') };
}

function isHttpAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** `a=1,b=2` with values in percent-encoding; undefined when it is not that. */
function parsePairs(text: string): Record<string, string> | undefined {
  const parsed: Record<string, string> = {};
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
    if (key === undefined || value === undefined) return undefined;
    try {
      parsed[decodeURIComponent(key)] = decodeURIComponent(value);
    } catch {
      return undefined;
    }
  }
  return parsed;
}
