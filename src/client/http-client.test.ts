// The client against servers that break off, never end, speak something else, or are not there: an outcome in words each
// time, never a rejection and never a wait past the timeout.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createHttpClient, type HttpOutcome } from './http-client.ts';
import { parseServiceUrl } from './service-url.ts';

async function listen(t: TestContext, onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function ask(url: string, timeoutMs = 10_000, signal = new AbortController().signal): Promise<HttpOutcome> {
  const options = { url: parseServiceUrl(url), timeoutMs, signal, maxConnections: 1, keepAlive: true };
  const client = createHttpClient(options);
  try {
    return await client.request({ method: 'GET', path: '/x' });
  } finally {
    client.close();
  }
}

const kindOf = (outcome: HttpOutcome): string => (outcome.ok ? String(outcome.status) : outcome.kind);
const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';

test('what is no whole answer is told by its kind', async (t) => {
  const megabyte = Buffer.alloc(1 << 20);
  const cases: [string, (socket: Socket) => void, string?][] = [
    ['cut off', (socket) => socket.once('data', () => socket.destroy())],
    ['cut off', (socket) => socket.once('data', () => socket.end(`${head}Content-Length: 100\r\n\r\nhalf`))],
    ['no HTTP', (socket) => socket.end('220 mail.example ESMTP\r\n')],
    ['TLS', (socket) => socket.end('220 mail.example ESMTP\r\n'), 'https'],
    ['timeout', () => undefined],
    ['timeout', (socket) => socket.write(`${head}Content-Length: 100\r\n\r\nhalf`)],
    [
      'endless answer',
      (socket) => {
        const pour = (): void => {
          while (!socket.destroyed && socket.write(megabyte));
        };
        socket.on('drain', pour);
        socket.write(`${head}Content-Length: 99999999999\r\n\r\n`);
        pour();
      },
    ],
    ['200', (socket) => socket.once('data', () => socket.end(`${head}Content-Length: 0\r\n\r\n`))],
    [
      '302',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n')),
    ],
  ];
  for (const [kind, onSocket, scheme = 'http'] of cases) {
    const port = await listen(t, onSocket);
    const outcome = await ask(`${scheme}://127.0.0.1:${port}`, kind === 'timeout' ? 200 : 10_000);
    assert.equal(kindOf(outcome), kind, JSON.stringify(outcome));
  }
  assert.equal(kindOf(await ask('http://127.0.0.1:1')), 'refused');
});

test('a stop rejects with its reason', async (t) => {
  const stop = new AbortController();
  const reason = new Error('stopped');
  const port = await listen(t, (socket) => socket.once('data', () => stop.abort(reason)));
  await assert.rejects(ask(`http://127.0.0.1:${port}`, 10_000, stop.signal), reason);
  await assert.rejects(ask(`http://127.0.0.1:${port}`, 10_000, stop.signal), reason);
});
