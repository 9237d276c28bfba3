// Pictures, good and bad, as requests: the body itself, a form's field, and many in a batch.
import { requestBytes } from '../raw-http.ts';
import type { BadInput } from './bad-input.ts';
import { filePart, formBody, formType } from './forms.ts';
import type { Bomb } from './bombs.ts';

type Named = readonly [name: string, bytes: Buffer];

const types = ['image/jpeg', 'image/png', 'image/x-anything', 'application/octet-stream'];

function pictureRequest(bytes: Buffer, index: number): Buffer {
  // Types say nothing: each picture comes under any of them.
  const type = types[index % types.length] ?? 'image/jpeg';
  return index % 2 === 0 && bytes.length > 0
    ? requestBytes({ target: '/predict', headers: { 'content-type': type }, body: bytes })
    : requestBytes({
        target: '/predict',
        headers: { 'content-type': formType },
        body: formBody([filePart(bytes, { type })]),
      });
}

/** Each alone, one by body, the next by form. */
export function pictureInputs(pictures: readonly Named[]): BadInput[] {
  return pictures.map(([name, bytes], index) => ({
    name,
    pieces: [pictureRequest(bytes, index)],
    expected: { kind: 'as offline', picture: bytes },
  }));
}

/** So many at once. */
export function batchInputs(pictures: readonly Named[], size: number): BadInput[] {
  return Array.from({ length: Math.ceil(pictures.length / size) }, (_, batch) => {
    const bytes = pictures.slice(batch * size, (batch + 1) * size).map(([, picture]) => picture);
    const body = formBody(bytes.map((picture) => filePart(picture)));
    return {
      name: `batch ${batch} of ${bytes.length} pictures`,
      pieces: [requestBytes({ target: '/predict/batch', headers: { 'content-type': formType }, body })],
      expected: { kind: 'each as offline', pictures: bytes },
    };
  });
}

export function bombInputs(bombs: readonly Bomb[]): BadInput[] {
  return bombs.map(({ name, bytes, tooLarge }, index) => ({
    name,
    pieces: [pictureRequest(bytes, index)],
    expected: tooLarge === true ? { kind: 'status', statuses: [413] } : { kind: 'as offline', picture: bytes },
  }));
}

const text = (content: string): Buffer => Buffer.from(content);

/** Files of other kinds, by whatever name they come. */
export function otherFiles(): Named[] {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>';
  return [
    ['an SVG', text(svg)],
    [
      'an SVG with an entity bomb',
      text(`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>${svg}`),
    ],
    ['an SVG that names a file', text(svg.replace('<rect', '<image href="file:///etc/passwd"/><rect'))],
    ['HTML', text('<!doctype html><script>alert(1)</script>')],
    ['PDF', text('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF')],
    ['PostScript', text('%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (w) file\n')],
    ['a ZIP', Buffer.from('504b0506000000000000000000000000000000000000', 'hex')],
    ['gzip', Buffer.from('1f8b0800000000000003030000000000000000', 'hex')],
    ['a program', Buffer.from('7f454c460201010000000000000000000200', 'hex')],
    ['JSON', text('{"a":1}')],
    [
      'ImageMagick script',
      text(
        'push graphic-context\nviewbox 0 0 640 480\nfill \'url(https://localhost/x.jpg"|ls "-la)\'\npop graphic-context',
      ),
    ],
    ['a picture by the name of its format only', text('JFIF')],
    ['a HEIC header', Buffer.from('000000186674797068656963000000006d69663168656963', 'hex')],
    ['an ftyp of a film', Buffer.from('0000001866747970697 36f6d00000200'.replace(' ', ''), 'hex')],
    ['one byte', Buffer.of(0xff)],
    ['the first bytes of a JPEG', Buffer.from('ffd8ff', 'hex')],
    ['an empty JPEG', Buffer.from('ffd8ffd9', 'hex')],
    ['the signature of a PNG', Buffer.from('89504e470d0a1a0a', 'hex')],
    ['the signature of a GIF', text('GIF89a')],
    ['the signature of a WebP', Buffer.from('524946460400000057454250', 'hex')],
    ['the signature of a TIFF', Buffer.from('49492a0008000000', 'hex')],
    ['the signature of a BMP', Buffer.concat([text('BM'), Buffer.alloc(30)])],
    ['a BMP of 30,000 × 30,000', bmp(30_000, 30_000)],
    ['a BMP of a negative width', bmp(-100, 100)],
    ['a BMP whose height has no positive', bmp(10, -2_147_483_648)],
    ['a BMP without its rows', bmp(5000, 5000)],
    ['100,000 zeros', Buffer.alloc(100_000)],
    ['100,000 times 0xff', Buffer.alloc(100_000, 0xff)],
    ['a JPEG of fill bytes', Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(1_000_000, 0xff)])],
    [
      'a JPEG of empty segments',
      Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.from('ffe00002'.repeat(100_000), 'hex')]),
    ],
    [
      'a JPEG of segments of length 0',
      Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.from('ffe00000'.repeat(100_000), 'hex')]),
    ],
  ];
}

/** The header of a bitmap of 24 bits a pixel, and nothing behind it. */
function bmp(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(54);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}
