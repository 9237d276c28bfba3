// JSON that is deep, long, large, ill-shaped or hostile, to every route that takes some.
import { requestBytes } from '../raw-http.ts';
import { type BadInput, type Expected, statuses } from './bad-input.ts';

const refused = statuses(400, 413, 422);

type Send = (name: string, text: string | Buffer, expected?: Expected) => BadInput;

/** Makes requests to one address. */
const sender =
  (target: string, headers: Readonly<Record<string, string>> = {}): Send =>
  (name, text, expected = refused) => ({
    name: `${target}: ${name}`,
    pieces: [
      requestBytes({ target, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(text) }),
    ],
    expected,
  });

/** What no route that takes JSON may take. */
function hostileJson(send: Send): BadInput[] {
  return [
    send('nothing', ''),
    send('no JSON', 'hello'),
    send('half of it', '{"inputs":[{"name":"im'),
    send('a number', '42'),
    send('null', 'null'),
    send('a text', '"x"'),
    send('a list', '[]'),
    send('an empty object', '{}'),
    send('NaN', '{"share":NaN}'),
    send('infinity', '{"share":Infinity}'),
    send('a comment', '{/* hi */}'),
    send('1,000,000 brackets', '['.repeat(1_000_000)),
    send('500,000 nested lists', `${'['.repeat(500_000)}${']'.repeat(500_000)}`),
    send('500,000 nested objects', `${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`),
    send('4 MB of digits', `{"share":${'9'.repeat(4_000_000)}}`),
    send('4 MB of digits as a text', JSON.stringify({ requestId: '9'.repeat(4_000_000) })),
    send('4 MB of spaces', ' '.repeat(4_000_000)),
    send('a million keys', `{${Array.from({ length: 300_000 }, (_, i) => `"k${i}":0`).join()}}`),
    send('__proto__', '{"__proto__":{"isAdmin":true}}'),
    send('__proto__ by escapes', '{"\\u005f_proto__":{"isAdmin":true}}'),
    send('constructor.prototype', '{"constructor":{"prototype":{"isAdmin":true}}}'),
    send('bytes that are no UTF-8', Buffer.from('{"requestId":"\xff\xfe"}', 'latin1')),
    send('UTF-16', Buffer.from('{"requestId":"a","label":"cats"}', 'utf16le')),
    send('a zero byte', '{"requestId":"a\0"}'),
    send('a lone surrogate', '{"requestId":"\\ud800","label":"cats"}'),
  ];
}

/** To POST /admin/models, with a key of an administrator. */
export function adminInputs(key: string): BadInput[] {
  const send = sender('/admin/models', { authorization: `Bearer ${key}` });
  const files = [
    '../transfer.onnx',
    '/etc/passwd',
    'a/../../b.onnx',
    '..\\b.onnx',
    'x.onnx\0',
    `${'a/'.repeat(90)}b.onnx`,
    '.onnx',
    'http://localhost/x.onnx',
    'nowhere.onnx',
  ].map((file) => send(`the file ${JSON.stringify(file).slice(0, 40)}`, JSON.stringify({ file }), statuses(400, 404)));
  return [...hostileJson(send), ...files];
}

export interface JsonTarget {
  /** Of the model that is served. */
  readonly model: string;
  readonly imageSizePx: number;
  readonly photo: Buffer;
}

export function jsonInputs({ model, imageSizePx: size, photo }: JsonTarget): BadInput[] {
  const [send, sendFeedback] = [sender(`/v2/models/${model}/infer`), sender('/feedback')];
  const input = (fields: object): string =>
    JSON.stringify({ inputs: [{ name: 'image', datatype: 'FP32', shape: [1, 3, size, size], data: [], ...fields }] });
  const picture = (data: unknown, shape: unknown = [1]): string =>
    input({ name: 'picture', datatype: 'BYTES', shape, data });
  const row = Array<number>(3 * size * size).fill(0);
  const withNumber = (text: string): string =>
    `{"inputs":[{"name":"image","datatype":"FP32","shape":[1,3,${size},${size}],"data":[${text},${row.slice(1).join()}]}]}`;

  const feedback = [
    sendFeedback('a requestId that is a number', '{"requestId":1,"label":"cats"}'),
    sendFeedback('a requestId that is an object', '{"requestId":{"$ne":null},"label":"cats"}'),
    sendFeedback('a class nobody knows', '{"requestId":"a","label":"../../etc/passwd"}'),
    sendFeedback('one key more', '{"requestId":"a","label":"cats","admin":true}'),
    sendFeedback('a label by a name of Object.prototype', '{"requestId":"a","label":"constructor"}'),
    sendFeedback('twice the same key', '{"requestId":"a","requestId":"b","label":"cats"}', statuses(202)),
    sendFeedback('a requestId nobody had', '{"requestId":"__proto__","label":"cats"}', statuses(202)),
  ];
  const shapes: readonly unknown[] = [
    [1e9, 3, size, size],
    [Number.MAX_SAFE_INTEGER, 3, size, size],
    [1, 3, size],
    [1, 3, size + 1, size],
    [0, 3, size, size],
    [-1, 3, size, size],
    [1.5, 3, size, size],
    [2, 3, size, size],
    [],
    Array<number>(9).fill(1),
    ['1', '3', size, size],
    'all',
    null,
    {},
  ];
  const inference = [
    ...shapes.map((shape) => send(`shape ${JSON.stringify(shape)}`, input({ shape, data: row }))),
    ...['1e39', '-1e39', '1e400', '-1e999', '1e-400'].map((text) =>
      send(`the number ${text}`, withNumber(text), text === '1e-400' ? statuses(200) : refused),
    ),
    send('numbers as texts', input({ data: row.map(String) })),
    send('null among the numbers', input({ data: [null, ...row.slice(1)] })),
    send('an object among the numbers', input({ data: [{}, ...row.slice(1)] })),
    send('one number too few', input({ data: row.slice(1) })),
    send('one number more', input({ data: [...row, 0] })),
    send('data that is no list', input({ data: 'x' })),
    send('numbers below 10,000 brackets', withNumber(`${'['.repeat(10_000)}0${']'.repeat(10_000)}`)),
    send('numbers below a million brackets', withNumber(`${'['.repeat(1_000_000)}0${']'.repeat(1_000_000)}`)),
    send('another datatype', input({ datatype: 'INT8', data: row })),
    send('another input', input({ name: 'audio', data: row })),
    send('an input by a name of Object.prototype', input({ name: '__proto__', data: row })),
    send('no input', '{"inputs":[]}'),
    send(
      'two inputs',
      JSON.stringify({
        inputs: [
          { name: 'image', datatype: 'FP32', shape: [1], data: [] },
          { name: 'picture', datatype: 'BYTES', shape: [1], data: [] },
        ],
      }),
    ),
    send(
      'an output nobody has',
      JSON.stringify({
        inputs: [{ name: 'picture', datatype: 'BYTES', shape: [1], data: [photo.toString('base64')] }],
        outputs: [{ name: 'secrets' }],
      }),
    ),
    send(
      '100,000 outputs',
      JSON.stringify({
        inputs: [{ name: 'picture', datatype: 'BYTES', shape: [1], data: [photo.toString('base64')] }],
        outputs: Array(100_000).fill({ name: 'probabilities' }),
      }),
    ),
    send(
      'an id of 10,000 letters',
      JSON.stringify({
        id: 'i'.repeat(10_000),
        inputs: [{ name: 'picture', datatype: 'BYTES', shape: [1], data: [photo.toString('base64')] }],
      }),
    ),
    send('base64 that is none', picture(['not base64!'])),
    send('base64 of no picture', picture([Buffer.from('hello there').toString('base64')]), statuses(415)),
    send('a data: address', picture([`data:image/jpeg;base64,${photo.toString('base64')}`])),
    send('base64 in the other alphabet', picture(['_-_-'])),
    send('nothing as a picture', picture([''])),
    send('a picture that is a number', picture([7])),
    send('33 pictures', picture(Array<string>(33).fill('AAAA'), [33])),
    send('more pictures than said', picture(['AAAA', 'AAAA'], [1])),
    send('3 MB of A', picture(['A'.repeat(3 << 20)]), statuses(415)),
    send('3 MB of A and a dot', picture([`${'A'.repeat(3 << 20)}.`])),
    send('half a picture', picture([photo.subarray(0, photo.length / 2).toString('base64')]), statuses(422)),
  ];
  return [...hostileJson(send), ...hostileJson(sendFeedback), ...feedback, ...inference];
}
