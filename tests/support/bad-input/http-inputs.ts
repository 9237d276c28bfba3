// HTTP that is odd, broken or made to be read in two ways; addresses and headers that are garbage.
import { requestBytes } from '../raw-http.ts';
import { type BadInput, type Expected, statuses } from './bad-input.ts';

const closed = (...all: readonly number[]): Expected => ({ kind: 'refused or closed', statuses: all });

export function httpInputs(photo: Buffer): BadInput[] {
  return [...brokenHttp(photo), ...addresses(photo), ...headers(photo)];
}

/** What no HTTP server should take, or take in one way only. */
function brokenHttp(photo: Buffer): BadInput[] {
  const raw = (name: string, text: string | Buffer, expected: Expected, halfClose = true): BadInput => ({
    name,
    pieces: [Buffer.from(text)],
    halfClose,
    expected,
  });
  const post = 'POST /predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: image/jpeg\r\n';
  const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;
  const hex = photo.length.toString(16);
  const head = (length: number): Buffer => Buffer.from(`${post}Content-Length: ${length}\r\n\r\n`);
  return [
    raw('no HTTP', 'hello\r\n\r\n', closed(400)),
    raw('TLS', Buffer.from('16030100a5010000a10303', 'hex'), closed(400)),
    raw('zero bytes', Buffer.alloc(1000), closed(400)),
    raw('nothing', '', closed(400)),
    raw('HTTP/0.9', 'GET /health\r\n\r\n', closed(200, 400, 505)),
    raw('HTTP/1.0', 'GET /health HTTP/1.0\r\nHost: x\r\n\r\n', statuses(200)),
    raw('HTTP/2.0 by its name', 'GET /health HTTP/2.0\r\nHost: x\r\n\r\n', closed(200, 400, 505)),
    raw('HTTP/9.9', 'GET /health HTTP/9.9\r\nHost: x\r\n\r\n', closed(400, 505)),
    raw('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', closed(400, 505)),
    raw('no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', closed(400)),
    raw('two Hosts', 'GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', closed(200, 400)),
    raw('a method nobody knows', 'STEAL /health HTTP/1.1\r\nHost: x\r\n\r\n', closed(400)),
    raw('a lower-case method', 'get /health HTTP/1.1\r\nHost: x\r\n\r\n', closed(400)),
    raw('a space before a colon', `GET /health HTTP/1.1\r\nHost : x\r\n\r\n`, closed(400)),
    raw(
      'a folded header',
      'GET /health HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nConnection: close\r\n\r\n',
      closed(200, 400),
    ),
    raw('a header without a colon', 'GET /health HTTP/1.1\r\nHost: x\r\nhello\r\n\r\n', closed(400)),
    raw('a header without a name', 'GET /health HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', closed(400)),
    raw('a zero byte in a header', 'GET /health HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', closed(400)),
    raw('a bare line feed in a header', 'GET /health HTTP/1.1\r\nHost: x\r\nX: a\nY: b\r\n\r\n', closed(400)),
    raw('a carriage return alone', 'GET /health HTTP/1.1\r\nHost: x\r\nX: a\rY: b\r\n\r\n', closed(400)),
    raw('headers of 20 kB', `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, closed(431)),
    raw(
      '2,000 headers',
      `GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'a:b\r\n'.repeat(2000)}\r\n`,
      closed(200, 400, 431),
    ),
    raw('an address of 20 kB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, closed(404, 414, 431)),
    raw('half a request line', 'GET /hea', closed(400)),
    raw('half its headers', 'GET /health HTTP/1.1\r\nHost: x\r\n', closed(400)),
    raw('a negative length', `${post}Content-Length: -5\r\n\r\nhello`, closed(400)),
    raw('a length that is no number', `${post}Content-Length: five\r\n\r\nhello`, closed(400)),
    raw('a length in hexadecimal', `${post}Content-Length: 0x05\r\n\r\nhello`, closed(400)),
    raw('a length past 64 bits', `${post}Content-Length: ${'9'.repeat(30)}\r\n\r\nhello`, closed(400, 413)),
    raw('two lengths', `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`, closed(400)),
    raw('two lengths in one', `${post}Content-Length: 5, 6\r\n\r\nhello!`, closed(400)),
    raw('a length and chunks', `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, closed(400)),
    raw('chunks and a length', `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`, closed(400)),
    raw(
      'a smuggled second request',
      `${post}Content-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /stats HTTP/1.1\r\nHost: x\r\nX-Smuggled: y\r\n\r\n`,
      closed(400),
    ),
    raw('chunked twice', `${post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, closed(400)),
    raw('an encoding that hides chunked', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, closed(400)),
    raw('an encoding behind chunked', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, closed(400)),
    raw('a tab before chunked', `${post}Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n`, closed(400)),
    raw('a vertical tab before chunked', `${post}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n`, closed(400)),
    raw('a chunk size that is none', `${chunked}zz\r\nhello\r\n0\r\n\r\n`, closed(400)),
    raw('a chunk size past 64 bits', `${chunked}${'f'.repeat(20)}\r\nhello\r\n0\r\n\r\n`, closed(400, 413)),
    raw('a negative chunk size', `${chunked}-5\r\nhello\r\n0\r\n\r\n`, closed(400)),
    raw('a chunk longer than it says', `${chunked}3\r\nhello\r\n0\r\n\r\n`, closed(400)),
    raw('a chunk shorter than it says', `${chunked}fff\r\nhello\r\n0\r\n\r\n`, closed(400)),
    raw('a chunk extension of 20 kB', `${chunked}5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`, closed(400, 413, 431)),
    raw('chunks without an end', `${chunked}5\r\nhello\r\n`, closed(400)),
    raw('trailers of 20 kB', `${chunked}5\r\nhello\r\n0\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, closed(400, 415, 431)),
    {
      name: 'a picture in chunks',
      pieces: [Buffer.from(`${chunked}${hex}\r\n`), photo, Buffer.from('\r\n0\r\n\r\n')],
      expected: { kind: 'as offline', picture: photo },
    },
    {
      name: 'a picture in chunks, its last one of another length',
      pieces: [Buffer.from(`${chunked}${(photo.length - 1).toString(16)}\r\n`), photo, Buffer.from('\r\n0\r\n\r\n')],
      halfClose: true,
      expected: closed(400),
    },
    { name: 'a length too large', pieces: [head(photo.length + 100), photo], halfClose: true, expected: closed(400) },
    {
      name: 'a length too small',
      pieces: [head(photo.length - 100), photo],
      halfClose: true,
      expected: closed(400, 422),
    },
    { name: 'a length of zero before a picture', pieces: [head(0), photo], halfClose: true, expected: statuses(400) },
    { name: 'a length past the limit', pieces: [head(1 << 30), photo], halfClose: true, expected: closed(400, 413) },
    { name: 'a client that goes away at once', pieces: [head(photo.length)], halfClose: true, expected: closed(400) },
  ];
}

/** Addresses and queries that are garbage. */
function addresses(photo: Buffer): BadInput[] {
  const image = { 'content-type': 'image/jpeg' };
  const get = (target: string, ...all: readonly number[]): BadInput => ({
    name: `GET ${target.slice(0, 80)}`,
    pieces: [requestBytes({ method: 'GET', target })],
    expected: statuses(...all),
  });
  const predict = (query: string, expected: Expected): BadInput => ({
    name: `POST /predict?${query.slice(0, 80)}`,
    pieces: [requestBytes({ target: `/predict?${query}`, headers: image, body: photo })],
    expected,
  });
  const good: Expected = { kind: 'as offline', picture: photo };
  const method = (name: string, target: string): BadInput => ({
    name: `${name} ${target}`,
    pieces: [requestBytes({ method: name, target })],
    expected: statuses(name === 'OPTIONS' ? 404 : 405, 405),
  });
  return [
    ...[
      '/..',
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '/..%5c..%5cwin.ini',
      '/.git/config',
      '/.env',
      '/node_modules/fastify/package.json',
      '/models/cats-vs-dogs/cnn.onnx/..',
      '//etc/passwd',
      '/predict/',
      '/Predict',
      '/predict/batch/x',
      '/health%00',
      '/%00',
      '/health;x=y',
      '/v2/models',
      '/v2/models/__proto__',
      '/v2/models/constructor/ready',
      '/v2/models/..%2f..%2fetc',
      '/admin',
      '/admin/',
      '/%F0%9F%90%88',
      '/%E2%80%AE',
    ].map((target) => get(target, 400, 401, 404, 405)),
    ...['/%', '/%zz', '/%c0%af', '/%ff', '/health%', '/v2/models/%zz', '/v2/models/%ff/ready', '/%E0%A4%A'].map(
      (target) => get(target, 400, 404),
    ),
    get(`/v2/models/${'m'.repeat(5000)}`, 400, 404, 414),
    get(`/${'a/'.repeat(3000)}`, 404, 414),
    get(`/health?${'a=b&'.repeat(3000)}`, 200),
    get('/health?__proto__[x]=y&constructor=z&toString=1', 200),
    get('/health?%', 200),
    get('/health?a=%zz', 200, 400),
    get('*', 400, 404),
    get('http://localhost/health', 200, 404),
    get('http://other.example:99999/%zz', 400, 404),
    get('localhost:443', 400, 404),
    ...[
      'top=0',
      'top=-1',
      'top=1e3',
      'top=99999999999999999999',
      'top=NaN',
      'top=',
      'top=2&top=3',
      'top[]=2',
      'explain=yes',
      'explain=TRUE',
      'explain=',
      'explain=true&explain=false',
      'top=%00',
      `top=${'9'.repeat(5000)}`,
    ].map((query) => predict(query, query === 'top[]=2' ? good : statuses(400))),
    ...[
      '__proto__[x]=y',
      'constructor=x',
      'constructor[prototype][x]=y',
      '__proto__.top=5',
      'toString=x',
      '%',
      '%zz=%zz',
      '&&&&',
      '=',
      'a'.repeat(5000),
      '%F0%9F%90%88=%E2%80%AE',
      'top=1%20',
    ].map((query) => predict(query, query === 'top=1%20' ? statuses(400) : good)),
    ...['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].map((name) => method(name, '/predict')),
    ...['POST', 'PUT', 'DELETE', 'PATCH'].map((name) => method(name, '/health')),
    ...['PUT', 'PATCH'].map((name) => method(name, '/v2/models/x/infer')),
    ...['PROPFIND', 'TRACE', 'LOCK', 'SEARCH', 'MKCOL', 'REPORT', 'PURGE'].map((name) => ({
      name: `${name} /predict`,
      pieces: [requestBytes({ method: name, target: '/predict' })],
      expected: statuses(400, 404, 405),
    })),
  ];
}

/** Headers that are garbage, around a good picture. */
function headers(photo: Buffer): BadInput[] {
  const good: Expected = { kind: 'as offline', picture: photo };
  const send = (name: string, given: Readonly<Record<string, string | undefined>>, expected: Expected): BadInput => ({
    name,
    pieces: [requestBytes({ target: '/predict', headers: { 'content-type': 'image/jpeg', ...given }, body: photo })],
    expected,
  });
  const odd = statuses(400, 415);
  return [
    send('no content type', { 'content-type': undefined }, odd),
    ...[
      '',
      'image',
      'image/',
      '/jpeg',
      'text/plain',
      'text/html',
      'application/json',
      'application/x-www-form-urlencoded',
      'application/xml',
      'image/svg+xml; charset=utf-7 ; ;',
      'multipart/mixed; boundary=x',
      'multipart/form-data-x',
      '../../image/jpeg',
      'x'.repeat(10_000),
      '\xff\xfe',
      'application/octet-stream\t',
      'IMAGE/JPEG',
      'image/png',
      'image/x-unknown; a="b',
    ].map((type) =>
      send(`the content type ${JSON.stringify(type).slice(0, 40)}`, { 'content-type': type }, statuses(200, 400, 415)),
    ),
    send('an encoding that is not undone', { 'content-encoding': 'gzip' }, statuses(200, 400, 415)),
    send('an expectation', { expect: '100-continue' }, good),
    send('an expectation nobody meets', { expect: 'the unexpected' }, good),
    send('a request id of 10,000 letters', { 'x-request-id': 'r'.repeat(10_000) }, good),
    send('a request id with markup', { 'x-request-id': '"><script>alert(1)</script>' }, good),
    send('a request id of an object', { 'x-request-id': '__proto__' }, good),
    send('a traceparent that is none', { traceparent: '00-zzzz-0-1' }, good),
    send(
      'a tracestate of 8 kB',
      { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'a=b,'.repeat(2000) },
      good,
    ),
    send('a cookie of 10 kB', { cookie: 'a=b;'.repeat(2500) }, good),
    send('a key that is none', { authorization: `Bearer ${'k'.repeat(8000)}` }, statuses(200, 401)),
    send(
      'an upgrade',
      { connection: 'Upgrade, close', upgrade: 'websocket', 'sec-websocket-key': 'x' },
      statuses(200, 400),
    ),
    send(
      'an upgrade to HTTP/2',
      { connection: 'Upgrade, HTTP2-Settings, close', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' },
      statuses(200, 400),
    ),
    send('ranges', { range: `bytes=${'0-1,'.repeat(2000)}0-1` }, good),
    send('a host that is another', { host: 'evil.example\\@localhost' }, statuses(200, 400)),
    send(
      'an address to trust',
      { 'x-forwarded-for': `${'1.2.3.4, '.repeat(1000)}::1`, forwarded: 'for=unknown;proto=gopher' },
      good,
    ),
    send('another method by header', { 'x-http-method-override': 'DELETE' }, good),
    send('an origin', { origin: 'null', 'access-control-request-method': 'PUT' }, good),
  ];
}
