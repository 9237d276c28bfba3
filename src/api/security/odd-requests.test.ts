import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { sendProblem } from '../problem.ts';
import { refuseOddRequests } from './odd-requests.ts';

test('what Node would answer in its own form is answered by the app', async (t) => {
  const app = fastify({ http: { requireHostHeader: false } });
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  refuseOddRequests(app);
  app.get('/', () => 'ok');
  t.after(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const ask = async (request: string): Promise<string> => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    let read = '';
    socket.setEncoding('utf8').on('data', (text: string) => (read += text));
    socket.write(`${request}\r\nConnection: close\r\n\r\n`);
    await once(socket, 'close');
    return read;
  };
  const nameless = await ask('GET / HTTP/1.1');
  assert.match(nameless, /^HTTP\/1.1 400 /);
  assert.match(nameless, /"code":"REQUEST_INVALID"/);
  assert.match(await ask('GET / HTTP/1.0'), /^HTTP\/1.1 200 /);
  assert.match(await ask('GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders'), /^HTTP\/1.1 200 /);
});
