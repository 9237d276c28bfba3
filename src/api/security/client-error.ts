// What is no HTTP, or takes too long to become some, meets no route and no hook: the server itself answers it here, in the
// form of every other refusal, and hangs up.
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyInstance } from 'fastify';
import { type ErrorCode, errorTable } from '../../core/index.ts';
import { apiHeaders } from './headers.ts';

interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'REQUEST_TIMEOUT', detail: 'the request did not arrive in time' },
  HPE_HEADER_OVERFLOW: { status: 431, code: 'REQUEST_INVALID', detail: 'the headers are larger than allowed' },
};
const notHttp: Refusal = {
  status: 400,
  code: 'REQUEST_INVALID',
  detail: 'this is no HTTP that the service understands',
};

export interface ClientErrors {
  /** For Fastify's `clientErrorHandler`: answers a broken connection, if it can still be written to, and closes it. */
  readonly answer: (error: ConnectionError, socket: Socket) => void;
  /** Call before the routes are added: a request that was answered before all of it had come gets no second answer. */
  readonly watch: (app: FastifyInstance) => void;
}

/** One for an app. Answers say nothing of what was sent. */
export function createClientErrors(): ClientErrors {
  /** Connections whose request was answered, and whose rest, read and thrown away, may still turn out broken or late. */
  const answered = new WeakSet<Socket>();
  return {
    answer: (error, socket) => {
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      if (socket.writable && !answered.has(socket)) socket.write(refusal(refusals[error.code] ?? notHttp));
      socket.destroy(error);
    },
    watch: (app) => {
      app.addHook('onRequest', (request, _, done) => {
        answered.delete(request.raw.socket);
        done();
      });
      app.addHook('onResponse', (request, _, done) => {
        if (!request.raw.complete) answered.add(request.raw.socket);
        done();
      });
    },
  };
}

function refusal({ status, code, detail }: Refusal): string {
  const { title } = errorTable[code];
  const requestId = randomUUID();
  const body = JSON.stringify({ type: 'about:blank', title, status, code, detail, requestId });
  const headers = {
    ...apiHeaders,
    'x-request-id': requestId,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
