// From real requests to the place in a trace: what Node makes of headers that come once, twice, or not at all.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { incomingContext, type IncomingContext } from './incoming-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${spanId}-01`;
const parent = { traceId, spanId, sampled: true, random: false };

/** What a server reads out of these header lines. */
async function over(...lines: readonly string[]): Promise<IncomingContext> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(['GET / HTTP/1.1', 'host: a', ...lines, '', ''].join('\r\n'));
  const [request] = (await once(server, 'request')) as [{ readonly headers: Record<string, string | string[]> }];
  socket.destroy();
  server.close();
  return incomingContext(request.headers);
}

const rows: readonly (readonly [string, readonly string[], IncomingContext])[] = [
  ['no header', [], { parent: undefined, tracestate: undefined }],
  ['a trace', [`traceparent: ${traceparent}`], { parent, tracestate: undefined }],
  ['a name in capitals', [`TraceParent: ${traceparent}`, 'TraceState: a=1'], { parent, tracestate: 'a=1' }],
  ['spaces around the value', [`traceparent: \t ${traceparent} \t`], { parent, tracestate: undefined }],
  [
    'two traces',
    [`traceparent: ${traceparent}`, `traceparent: ${traceparent}`, 'tracestate: a=1'],
    { parent: undefined, tracestate: undefined },
  ],
  [
    'two traces of a later version',
    [`traceparent: cc-${traceId}-${spanId}-01-x`, `traceparent: cc-${traceId}-${spanId}-01-y`],
    { parent: undefined, tracestate: undefined },
  ],
  [
    'a state in two headers is one list',
    [`traceparent: ${traceparent}`, 'tracestate: a=1,b=2', 'tracestate: c=3'],
    { parent, tracestate: 'a=1,b=2, c=3' },
  ],
  ['a state without a trace', ['tracestate: a=1'], { parent: undefined, tracestate: undefined }],
  [
    'a state with a bad trace',
    ['traceparent: 00-1-2-3', 'tracestate: a=1'],
    { parent: undefined, tracestate: undefined },
  ],
  ['a bad state with a trace', [`traceparent: ${traceparent}`, 'tracestate: A=1'], { parent, tracestate: undefined }],
];
for (const [name, lines, expected] of rows)
  test(`a request with ${name}`, async () => {
    assert.deepEqual(await over(...lines), expected);
  });

test('headers as lists: one is one, two are none', () => {
  assert.deepEqual(incomingContext({ traceparent: [traceparent], tracestate: ['a=1', 'b=2'] }), {
    parent,
    tracestate: 'a=1,b=2',
  });
  assert.equal(incomingContext({ traceparent: [traceparent, traceparent] }).parent, undefined);
  assert.equal(incomingContext({ traceparent: [] }).parent, undefined);
});
