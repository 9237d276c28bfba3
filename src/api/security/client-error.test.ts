import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fastify } from 'fastify';
import { createClientErrors } from './client-error.ts';
import { apiHeaders } from './headers.ts';

async function listen(t: TestContext): Promise<number> {
  const clientErrors = createClientErrors();
  const app = fastify({
    clientErrorHandler: clientErrors.answer,
    requestTimeout: 400,
    http: { headersTimeout: 200, connectionsCheckingInterval: 50 },
  });
  clientErrors.watch(app);
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
    const problem = JSON.parse(body) as { status: number; code: string; requestId: string };
    const code = status === 408 ? 'REQUEST_TIMEOUT' : 'REQUEST_INVALID';
    assert.deepEqual([problem.status, problem.code], [status, code]);
    assert.ok(head.includes(`x-request-id: ${problem.requestId}`));
    assert.doesNotMatch(answer, /SECRET/);
  });

const half = 'POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
for (const [what, bytes] of [
  ['never comes', half],
  ['is broken', `${half}no chunk\r\n`],
] as const)
  test(`a request that was answered is not answered again when its rest ${what}`, async (t) => {
    const answer = await exchange(await listen(t), bytes);
    assert.match(answer, /^HTTP\/1.1 (404|400) /);
    assert.equal(answer.split('HTTP/1.1 ').length, 2, answer);
  });
