// Forms that are odd, broken or hostile around a picture that is good.
import { requestBytes } from '../raw-http.ts';
import { type BadInput, type Expected, statuses } from './bad-input.ts';
import { boundary, fieldPart, filePart, formBody, type FormPart, formType } from './forms.ts';

const names: readonly (readonly [string, string])[] = [
  ['of 10,000 letters', 'a'.repeat(10_000)],
  ['that climbs', '../../../../etc/passwd'],
  ['that climbs with backslashes', '..\\\\..\\\\windows\\\\win.ini'],
  ['that is absolute', '/etc/shadow'],
  ['with a zero byte', 'cat\0.jpg'],
  ['with control characters', 'cat\x01\x02\x07\x1b[31m.jpg'],
  ['written right to left', Buffer.from('cat\u202egpj.exe').toString('latin1')],
  ['of emoji', Buffer.from('🐈'.repeat(100)).toString('latin1')],
  ['that is no UTF-8', '\xff\xfe\xc0\xaf.jpg'],
  ['with markup', '<img src=x onerror=alert(1)>.jpg'],
  ['with a template', '{{7*7}}${7*7}%0d%0aSet-Cookie: a=b'],
  ['of nothing', ''],
  ['of a dot', '.'],
  ['__proto__', '__proto__'],
];

export function formInputs(photo: Buffer): BadInput[] {
  const good: Expected = { kind: 'as offline', picture: photo };
  interface Sent {
    readonly type?: string;
    readonly target?: string;
  }
  const send = (name: string, body: Buffer, expected: Expected, sent: Sent = {}): BadInput => {
    const { type = formType, target = '/predict' } = sent;
    return { name, pieces: [requestBytes({ target, headers: { 'content-type': type }, body })], expected };
  };
  const form = (name: string, parts: readonly FormPart[], expected: Expected): BadInput =>
    send(name, formBody(parts), expected);
  const whole = formBody([filePart(photo)]);
  const cut = (end: number): Buffer => whole.subarray(0, end < 0 ? whole.length + end : end);
  return [
    ...names.flatMap(([what, name]) => [
      form(`a file name ${what}`, [filePart(photo, { name })], name === '' ? statuses(200, 400) : good),
      form(`a field name ${what}`, [filePart(photo, { field: name })], statuses(400, 413)),
      form(`a picture beside a field name ${what}`, [fieldPart(name, 'x'), filePart(photo)], statuses(200, 400, 413)),
    ]),
    ...['constructor', 'toString', '__defineGetter__', 'hasOwnProperty', 'valueOf'].map((field) =>
      form(`a field ${field} of Object.prototype`, [filePart(photo, { field })], statuses(400)),
    ),
    send(
      'a batch of all those file names',
      formBody(names.filter(([, name]) => name !== '').map(([, name]) => filePart(photo, { name }))),
      { kind: 'each as offline', pictures: names.filter(([, name]) => name !== '').map(() => photo) },
      { target: '/predict/batch' },
    ),
    form('a type that is a lie', [filePart(photo, { type: 'text/html' })], good),
    form('a type of 5,000 letters', [filePart(photo, { type: `image/${'x'.repeat(5000)}` })], statuses(200, 400)),
    form('the same field twice', [filePart(photo), filePart(photo)], statuses(413)),
    form('a text where the file should be', [fieldPart('file', 'photo.jpg')], statuses(400)),
    form('a text and then the file', [fieldPart('file', 'x'), filePart(photo)], statuses(200, 400)),
    form('another field only', [filePart(photo, { field: 'photo' })], statuses(400)),
    form('an empty file', [filePart(Buffer.alloc(0))], statuses(400)),
    form('no part at all', [], statuses(400)),
    form('10,000 fields', Array<FormPart>(10_000).fill(fieldPart('a', 'b')), statuses(413)),
    form('10,000 files', Array<FormPart>(10_000).fill(filePart(Buffer.from('x'))), statuses(413)),
    form('a field of 1 MB', [fieldPart('note', 'x'.repeat(1 << 20)), filePart(photo)], statuses(200, 400, 413)),
    form(
      'JSON as a field',
      [
        {
          headers: ['Content-Disposition: form-data; name="note"', 'Content-Type: application/json'],
          data: Buffer.from('{"__proto__":{"admin":true}}'),
        },
        filePart(photo),
      ],
      statuses(200, 400),
    ),
    form(
      '100 headers in a part',
      [
        {
          ...filePart(photo),
          headers: [...filePart(photo).headers, ...Array.from({ length: 100 }, (_, i) => `X-${i}: y`)],
        },
      ],
      statuses(200, 400),
    ),
    form(
      'a header of 100 kB in a part',
      [{ ...filePart(photo), headers: [`X: ${'y'.repeat(100_000)}`, ...filePart(photo).headers] }],
      statuses(200, 400, 413),
    ),
    form('a part without headers', [{ headers: [], data: photo }], statuses(400)),
    form('a part without a name', [{ headers: ['Content-Disposition: form-data'], data: photo }], statuses(400)),
    form(
      'a part of another kind',
      [{ headers: ['Content-Disposition: attachment; filename="a.jpg"'], data: photo }],
      statuses(400),
    ),
    form(
      'a part in base64',
      [
        {
          ...filePart(photo),
          headers: [...filePart(photo).headers, 'Content-Transfer-Encoding: base64'],
          data: Buffer.from(photo.toString('base64')),
        },
      ],
      statuses(200, 400, 415),
    ),
    send('no final boundary', formBody([filePart(photo)], ''), statuses(400)),
    send('a final boundary without its dashes', formBody([filePart(photo)], `--${boundary}\r\n`), statuses(400)),
    ...[1, 10, boundary.length, 60, 120, -1, -3, -10, -40].map((end) =>
      send(`a form cut to ${end} bytes`, cut(end), [-1].includes(end) ? good : statuses(200, 400)),
    ),
    send('another boundary than promised', whole, statuses(400), { type: 'multipart/form-data; boundary=other' }),
    send('no boundary promised', whole, statuses(400, 415), { type: 'multipart/form-data' }),
    send('an empty boundary', whole, statuses(400, 415), { type: 'multipart/form-data; boundary=' }),
    send('a boundary of 5,000 letters', whole, statuses(400, 415), {
      type: `multipart/form-data; boundary=${'b'.repeat(5000)}`,
    }),
    send('a boundary of dashes', Buffer.from('-'.repeat(50_000)), statuses(400), {
      type: 'multipart/form-data; boundary=-',
    }),
    send('an empty form', Buffer.alloc(0), statuses(400)),
    send('a form of line ends', Buffer.from('\r\n'.repeat(50_000)), statuses(400)),
    send('a form of boundaries', Buffer.from(`--${boundary}\r\n`.repeat(5000)), statuses(400, 413)),
    send('a batch of nothing', formBody([]), statuses(400), { target: '/predict/batch' }),
    send('a batch that is one picture', photo, statuses(415), { type: 'image/jpeg', target: '/predict/batch' }),
    send('a batch of 33', formBody(Array<FormPart>(33).fill(filePart(photo))), statuses(413), {
      target: '/predict/batch',
    }),
    send('a batch of 10,000', formBody(Array<FormPart>(10_000).fill(filePart(Buffer.of(0xff)))), statuses(413), {
      target: '/predict/batch',
    }),
    send('a batch without its end', formBody([filePart(photo), filePart(photo)], ''), statuses(400), {
      target: '/predict/batch',
    }),
  ];
}
