// Answers to requests that are still being sent, over real sockets: the client is told, and one that never ends is cut.
import assert from 'node:assert/strict';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fastify } from 'fastify';
import { answerEarlyRequests, type Patience } from './early-answers.ts';

async function listen(t: TestContext, patience: Patience): Promise<number> {
  const app = fastify({ forceCloseConnections: true });
  answerEarlyRequests(app, patience);
  t.after(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

function open(port: number, head: string): { readonly socket: Socket; readonly read: () => string } {
  const socket = connect(port, '127.0.0.1');
  let read = '';
  socket.setEncoding('utf8').on('data', (text: string) => (read += text));
  socket.on('error', () => undefined);
  socket.write(head);
  return { socket, read: () => read };
}

/** Whether or not an error came first: a connection that is cut is reset. */
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

test('who sends 30 MB to an address that is not there, and asks to close, is told so and not reset', async (t) => {
  const port = await listen(t, { readFirstMs: 30_000 });
  for (let round = 0; round < 5; round++) {
    const { socket, read } = open(
      port,
      'POST /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 30000000\r\n\r\n',
    );
    socket.write(Buffer.alloc(30_000_000));
    await closed(socket);
    assert.match(read(), /^HTTP\/1.1 404 /);
  }
});

for (const connection of ['close', 'keep-alive'])
  test(`who goes on sending is told and cut; connection: ${connection}`, async (t) => {
    const port = await listen(t, { readFirstMs: 500, cutAfterMs: 1500 });
    const { socket, read } = open(
      port,
      `POST /nowhere HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const more = setInterval(() => socket.write('5\r\nhello\r\n'), 5);
    t.after(() => clearInterval(more));
    await closed(socket);
    assert.match(read(), /^HTTP\/1.1 404 /);
    assert.equal(read().split('HTTP/1.1 ').length, 2, 'one answer');
  });
