// A trace collector on a port of its own: takes OTLP/HTTP JSON and remembers it, or misbehaves as told.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly name: string;
  /** OTLP's: 1 internal, 2 server. */
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** OTLP's: 0 unset, 2 error. */
  readonly status: number;
}

export interface Collector {
  /** With the path that exports go to. */
  readonly endpoint: string;
  readonly requests: readonly {
    readonly path: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }[];
  spans(): ReceivedSpan[];
  resource(): Readonly<Record<string, unknown>>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Readonly<Record<string, unknown>>[] }[];
  }[];
}

/** Answers 200 unless `answer` does otherwise; it may also not answer at all. Ends with the test. */
export async function startCollector(
  t: TestContext,
  answer: (response: ServerResponse) => void = (response) => response.writeHead(200).end('{}'),
): Promise<Collector> {
  const requests: { path: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      requests.push({ path: request.url, headers: request.headers, body });
      answer(response);
    });
    request.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const exports = (): Export[] => requests.map(({ body }) => JSON.parse(body) as Export);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    requests,
    spans: () =>
      exports()
        .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
        .flatMap(({ spans }) => spans.map(readSpan)),
    resource: () => readAttributes(exports()[0]?.resourceSpans[0]?.resource.attributes ?? []),
  };
}

function readSpan(span: Readonly<Record<string, unknown>>): ReceivedSpan {
  const milliseconds = (name: string): number => Number(BigInt(span[name] as string) / 1000n) / 1000;
  return {
    ...(span as unknown as Pick<ReceivedSpan, 'traceId' | 'spanId' | 'name' | 'kind'>),
    parentSpanId: span.parentSpanId as string | undefined,
    traceState: span.traceState as string | undefined,
    startMs: milliseconds('startTimeUnixNano'),
    endMs: milliseconds('endTimeUnixNano'),
    attributes: readAttributes(span.attributes as readonly Attribute[]),
    status: (span.status as { readonly code: number }).code,
  };
}

function readAttributes(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
