import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fastify } from 'fastify';
import { answerClientError } from './client-error.ts';
import { apiHeaders } from './headers.ts';

async function listen(t: TestContext): Promise<number> {
  const app = fastify({
    clientErrorHandler: answerClientError,
    http: { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
  });
  app.get('/health', () => 'ok');
  t.after(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

/** Sends bytes and reads until the other side hangs up. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let read = '';
  socket.setEncoding('utf8').on('data', (text: string) => (read += text));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return read;
}

const broken: readonly (readonly [string, string, number])[] = [
  ['no HTTP', 'SECRET\r\n\r\n', 400],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00', 400],
  ['an unknown method', 'SECRET /health HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  [
    'two lengths',
    'POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['huge headers', `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'SECRET'.repeat(4000)}\r\n\r\n`, 431],
  ['half a request', 'GET /health HTTP/1.1\r\nHost: SECRET', 408],
];

for (const [what, bytes, status] of broken)
  test(`what is no request is answered as every refusal and cut: ${what}`, async (t) => {
    const answer = await exchange(await listen(t), bytes);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    assert.match(head, /content-type: application\/problem\+json/);
    for (const [name, value] of Object.entries(apiHeaders)) assert.ok(head.includes(`${name}: ${value}`), name);
    const problem = JSON.parse(body) as { status: number; code: string };
    assert.deepEqual([problem.status, problem.code], [status, 'REQUEST_INVALID']);
    assert.doesNotMatch(answer, /SECRET/);
  });
