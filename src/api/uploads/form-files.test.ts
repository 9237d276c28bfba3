// Forms over a real socket: whole ones, those that end too early, and one that never ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import multipart from '@fastify/multipart';
import { fastify } from 'fastify';
import { sendProblem } from '../problem.ts';
import { formFiles } from './form-files.ts';

const maxBytes = 100_000;
const head = 'POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\n';
const part = (data: string, field = 'file'): string =>
  `--b\r\nContent-Disposition: form-data; name="${field}"; filename="a.jpg"\r\n\r\n${data}\r\n`;

async function listen(t: TestContext): Promise<number> {
  const app = fastify({ forceCloseConnections: true });
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  await app.register(multipart);
  app.post('/form', async (request) => {
    const files = await formFiles(request, { maxFiles: 2, maxBytes });
    return files.map(({ field, name, bytes }) => [field, name, bytes.toString()]);
  });
  t.after(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function readAnswer(text: string): Answer {
  const [answerHead = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(answerHead.split(' ')[1]), body: JSON.parse(body) };
}

async function ask(port: number, form: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1');
  let read = '';
  socket.setEncoding('utf8').on('data', (text: string) => (read += text));
  socket.write(`${head}Content-Length: ${form.length}\r\n\r\n${form}`);
  await once(socket, 'close');
  return readAnswer(read);
}

const codeOf = ({ status, body }: Answer): unknown[] => [status, (body as { code?: string }).code];

test('the files of a form, in the order sent', async (t) => {
  const answer = await ask(await listen(t), `${part('one')}${part('two', 'other')}--b--\r\n`);
  assert.deepEqual(answer, {
    status: 200,
    body: [
      ['file', 'a.jpg', 'one'],
      ['other', 'a.jpg', 'two'],
    ],
  });
});

test('a form that ends too early is the fault of who sent it, not 500', async (t) => {
  const port = await listen(t);
  const whole = `${part('one')}--b--\r\n`;
  for (let end = 1; end < whole.length - 3; end += 7)
    assert.deepEqual(codeOf(await ask(port, whole.slice(0, end))), [400, 'REQUEST_INVALID'], `cut to ${end}`);
});

test('too many files, and a form that says it is too large', async (t) => {
  const port = await listen(t);
  assert.deepEqual(codeOf(await ask(port, `${part('x').repeat(3)}--b--\r\n`)), [413, 'REQUEST_TOO_LARGE']);
  assert.deepEqual(codeOf(await ask(port, part('x'.repeat(maxBytes)))), [413, 'REQUEST_TOO_LARGE']);
});

test('a form that never ends, and whose every part is small, is refused', { timeout: 20_000 }, async (t) => {
  const socket = connect(await listen(t), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`${head.replace('close', 'keep-alive')}Transfer-Encoding: chunked\r\n\r\n`);
  // What comes before the first boundary belongs to no part: nothing but the form as a whole has a limit there.
  const chunk = `2000\r\n${'-'.repeat(0x2000)}\r\n`;
  const more = setInterval(() => socket.write(chunk), 1);
  t.after(() => {
    clearInterval(more);
    socket.destroy();
  });
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  assert.deepEqual(codeOf(readAnswer(bytes.toString())), [413, 'REQUEST_TOO_LARGE']);
});
