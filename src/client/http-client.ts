// One request to a service, to its end: the whole answer in memory, or in words why there is none. A service that hangs,
// drips, or never ends its answer costs the time of one request and no more. Redirects are not followed.
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { failureOf, type HttpFailure } from './http-failure.ts';
import type { ServiceUrl } from './service-url.ts';

export interface HttpAnswer {
  readonly ok: true;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** From the call to the last byte, waiting for a connection included. */
  readonly milliseconds: number;
}

export type HttpOutcome = HttpAnswer | HttpFailure;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Below the service's URL, with its slash: `/predict`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Announces a body of so many bytes and sends none of it: what a service with a limit refuses by the header alone. */
  readonly announcedBytes?: number;
}

export interface HttpClientOptions {
  readonly url: ServiceUrl;
  /** Sent as `Authorization: Bearer …` with every request. */
  readonly apiKey?: string | undefined;
  /** For one request, from the call to the last byte of its answer. */
  readonly timeoutMs: number;
  /** Connections that may be open at once; more requests wait for one, and their time counts. */
  readonly maxConnections: number;
  /** Connections are used again. */
  readonly keepAlive: boolean;
  readonly signal: AbortSignal;
}

export interface HttpClient {
  /** Never rejects but with the reason of `signal`. */
  request(request: HttpRequest): Promise<HttpOutcome>;
  /** Cuts what is still open. */
  close(): void;
}

/** An answer of this service is small; what is larger is not read on. */
const maxAnswerBytes = 16 << 20;

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { url, apiKey, timeoutMs, maxConnections, keepAlive, signal } = options;
  const { request: start, Agent } = url.secure ? https : http;
  const agent = new Agent({ keepAlive, maxSockets: maxConnections, maxFreeSockets: maxConnections });
  const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  // One listener for all requests: there may be a thousand.
  const inFlight = new Set<() => void>();
  const abortAll = (): void => {
    for (const abort of inFlight) abort();
  };
  signal.addEventListener('abort', abortAll, { once: true });
  const fire = (asked: HttpRequest): Promise<HttpOutcome> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const started = performance.now();
      const request = start(url.base + asked.path, {
        method: asked.method,
        agent,
        headers: {
          accept: '*/*',
          ...authorization,
          ...asked.headers,
          ...lengthOf(asked),
        },
      });
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        inFlight.delete(onAbort);
        finish();
      };
      const fail = (failure: HttpFailure): void => {
        settle(() => resolve(failure));
        request.destroy();
      };
      const onAbort = (): void => {
        settle(() => reject(signal.reason as Error));
        request.destroy();
      };
      const timer = setTimeout(
        () => fail({ ok: false, kind: 'timeout', words: `no answer within ${timeoutMs} ms` }),
        timeoutMs,
      );
      inFlight.add(onAbort);
      request.on('error', (error) => fail(failureOf(error)));
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxAnswerBytes)
            fail({ ok: false, kind: 'endless answer', words: `an answer of more than ${maxAnswerBytes} bytes` });
          else chunks.push(chunk);
        });
        response.on('error', (error) => fail(failureOf(error)));
        response.on('end', () => {
          const { statusCode = 0, headers } = response;
          const milliseconds = performance.now() - started;
          settle(() => resolve({ ok: true, status: statusCode, headers, body: Buffer.concat(chunks), milliseconds }));
          if (asked.announcedBytes !== undefined) request.destroy();
        });
      });
      if (asked.announcedBytes === undefined) request.end(asked.body);
      else request.flushHeaders();
    });
  return {
    request: fire,
    close: () => {
      signal.removeEventListener('abort', abortAll);
      agent.destroy();
    },
  };
}

function lengthOf({ body, announcedBytes }: HttpRequest): Record<string, string> {
  const bytes = announcedBytes ?? body?.length;
  return bytes === undefined ? {} : { 'content-length': String(bytes) };
}
