// What is no HTTP, or takes too long to become some, meets no route and no hook: the server itself answers it here, in the
// form of every other refusal, and hangs up. For Fastify's `clientErrorHandler`.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { errorTable } from '../../core/index.ts';
import { apiHeaders } from './headers.ts';

const refusals: Readonly<Record<string, { readonly status: number; readonly detail: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'the request did not arrive in time' },
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'the headers are larger than allowed' },
};
const notHttp = { status: 400, detail: 'this is no HTTP that the service understands' };

/** Answers a broken connection, if it can still be written to, and closes it. Says nothing of what was sent. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, detail } = refusals[error.code] ?? notHttp;
  const { title } = errorTable.REQUEST_INVALID;
  const body = JSON.stringify({ type: 'about:blank', title, status, code: 'REQUEST_INVALID', detail });
  const headers = {
    ...apiHeaders,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  socket.destroy(error);
}
