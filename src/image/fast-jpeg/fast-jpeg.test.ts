// The page's JPEG decoder gives the service's bytes: for drawn pictures in every form that a camera or an editor writes,
// for files of libjpeg's own cjpeg (test-vectors/), and for real photos where there are some. What it does not take, it
// leaves alone.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createDecoder } from '../decode.ts';
import { asSharp, gradient, noise } from '../test-vectors/pictures.ts';
import { decodePlainJpeg } from './index.ts';

const decoder = createDecoder();

function assertSameAsService(bytes: Uint8Array, what: string): void {
  const expected = decoder.decodeNow(bytes)?.pixels;
  const own = decodePlainJpeg(bytes);
  assert.deepEqual([own?.width, own?.height], [expected?.width, expected?.height], what);
  assert.equal(Buffer.compare(own?.data ?? Buffer.of(), expected?.data ?? Buffer.of()), 0, what);
}

const sizes = [
  [1, 1],
  [2, 3],
  [5, 7],
  [8, 8],
  [17, 33],
  [64, 40],
] as const;

for (const chromaSubsampling of ['4:2:0', '4:4:4'])
  for (const progressive of [false, true])
    test(`${progressive ? 'progressive' : 'sequential'} ${chromaSubsampling}, every size and quality`, async () => {
      for (const [width, height] of sizes)
        for (const quality of [10, 60, 95]) {
          const picture = asSharp(gradient(width, height)).jpeg({ quality, chromaSubsampling, progressive });
          assertSameAsService(await picture.toBuffer(), `${width}×${height}, quality ${quality}`);
        }
    });

test('noise, grey, and the tables of another encoder', async () => {
  const picture = asSharp(noise(61, 47));
  assertSameAsService(await picture.clone().jpeg({ quality: 80 }).toBuffer(), 'noise');
  assertSameAsService(await picture.clone().greyscale().jpeg({ progressive: true }).toBuffer(), 'grey');
  assertSameAsService(await picture.clone().jpeg({ mozjpeg: true }).toBuffer(), 'mozjpeg');
});

const vectors = new URL('test-vectors/', import.meta.url);
const vector = (name: string): Buffer => readFileSync(new URL(`${name}.jpg`, vectors));

for (const name of [
  'restart-each-row',
  'restart-progressive',
  'one-scan-a-colour',
  'rgb',
  '4-2-2',
  '4-4-0',
  '4-1-1',
] as const)
  test(`a file of cjpeg: ${name}`, () => assertSameAsService(vector(name), name));

for (const name of ['arithmetic', 'incomplete-scans', '3x1'] as const)
  test(`left to a general decoder: ${name}`, () => assert.equal(decodePlainJpeg(vector(name)), undefined));

test('damaged files never throw, and a file that ends anywhere too early is left to a general decoder', async () => {
  const whole = await asSharp(gradient(40, 30)).jpeg().toBuffer();
  for (let length = 0; length < whole.length; length++)
    assert.equal(decodePlainJpeg(whole.subarray(0, length)), undefined, `${length} bytes`);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] = 0xff - (whole[at] ?? 0);
    assert.doesNotThrow(() => decodePlainJpeg(damaged), `byte ${at}`);
  }
});

test('real photos', (t) => {
  const folder = fileURLToPath(new URL('../../../../shared/data/cats-vs-dogs/test/', import.meta.url));
  if (!existsSync(folder)) {
    t.skip('the real photos are not here');
    return;
  }
  for (const name of ['cats', 'dogs'])
    for (const file of readdirSync(`${folder}${name}`).sort().slice(0, 100))
      assertSameAsService(readFileSync(`${folder}${name}/${file}`), file);
});
