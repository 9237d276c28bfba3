import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PawprintError } from '../core/index.ts';
import { decodeImage } from './decode.ts';
import { inspectImage, inspectJpegImage } from './inspect.ts';
import { lacksEnding, sniffFormat } from './sniff.ts';
import { scanBomb } from './test-vectors/picture-bytes.ts';
import { asAnimation, asSharp, gradient, pngBomb } from './test-vectors/pictures.ts';

const picture = gradient(60, 40);
const plain = {
  width: 60,
  height: 40,
  frames: 1,
  orientation: 1,
  colourSpace: 'rgb',
  bitDepth: 8,
  hasAlpha: false,
  progressive: false,
};

test('the facts of a header, for each kind of file', async () => {
  const image = asSharp(picture);
  const facts = [
    [image.clone().jpeg(), { format: 'jpeg' }],
    [image.clone().jpeg({ progressive: true }), { format: 'jpeg', progressive: true }],
    [image.clone().toColourspace('b-w').jpeg(), { format: 'jpeg', colourSpace: 'grey' }],
    [image.clone().toColourspace('cmyk').jpeg(), { format: 'jpeg', colourSpace: 'cmyk' }],
    [image.clone().withMetadata({ orientation: 6 }).jpeg(), { format: 'jpeg', orientation: 6 }],
    [image.clone().png(), { format: 'png' }],
    [image.clone().toColourspace('rgb16').png(), { format: 'png', bitDepth: 16 }],
    [image.clone().toColourspace('b-w').png(), { format: 'png', colourSpace: 'grey' }],
    [image.clone().ensureAlpha(0.5).png(), { format: 'png', hasAlpha: true }],
    [image.clone().png({ progressive: true }), { format: 'png', progressive: true }],
    [image.clone().webp(), { format: 'webp' }],
    [image.clone().gif(), { format: 'gif' }],
    [image.clone().tiff(), { format: 'tiff' }],
    [image.clone().avif(), { format: 'avif' }],
    // The second frame leaves out what it shares with the first.
    [asAnimation(picture).gif(), { format: 'gif', frames: 2, hasAlpha: true }],
    [asAnimation(picture).webp(), { format: 'webp', frames: 2 }],
  ] as const;
  for (const [encoder, expected] of facts) {
    const bytes = await encoder.toBuffer();
    assert.deepEqual(await inspectImage(bytes), { ...plain, ...expected });
    assert.equal(sniffFormat(bytes), expected.format);
    assert.equal(lacksEnding(bytes, expected.format), false, `${expected.format} is whole`);
  }
});

test('a big-endian EXIF block, and one that is cut short, are read without harm', async () => {
  const jpeg = await asSharp(picture).jpeg().toBuffer();
  const withExif = (tiff: readonly number[]): Buffer => {
    const body = Buffer.from([...Buffer.from('Exif\0\0', 'latin1'), ...tiff]);
    const length = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
    return Buffer.concat([jpeg.subarray(0, 2), length, body, jpeg.subarray(2)]);
  };
  const bigEndian = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0];
  assert.equal(inspectJpegImage(withExif(bigEndian)).orientation, 8);
  assert.equal(inspectJpegImage(withExif(bigEndian.with(19, 99))).orientation, 1, '99 is no orientation');
  for (let length = 0; length < bigEndian.length - 4; length++)
    assert.equal(inspectJpegImage(withExif(bigEndian.slice(0, length))).width, 60, `cut to ${length}`);
});

test('what is no picture is told apart from a broken one', async () => {
  const files: readonly (readonly [string, string, RegExp])[] = [
    ['', 'IMAGE_UNREADABLE', /empty \(0 bytes\)/],
    ['a text file', 'IMAGE_UNSUPPORTED', /not a picture/],
    ['<!DOCTYPE html><html></html>', 'IMAGE_UNSUPPORTED', /not a picture/],
    ['%PDF-1.7 and so on', 'IMAGE_UNSUPPORTED', /not a picture/],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'IMAGE_UNSUPPORTED', /SVG/],
    ['<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>', 'IMAGE_UNSUPPORTED', /SVG/],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'IMAGE_UNSUPPORTED', /HEIC/],
    ['\xff\xd8\xff', 'IMAGE_UNREADABLE', /truncated/],
    ['\x89PNG\r\n\x1a\n', 'IMAGE_UNREADABLE', /truncated/],
    ['GIF89a', 'IMAGE_UNREADABLE', /truncated/],
    ['RIFF\x04\0\0\0WEBP', 'IMAGE_UNREADABLE', /WEBP/],
  ];
  for (const [text, code, message] of files)
    await assert.rejects(decodeImage(Buffer.from(text, 'latin1')), (error) => {
      assert.ok(error instanceof PawprintError, text);
      assert.equal(error.code, code, text);
      assert.match(error.message, message);
      assert.ok(error.hint !== undefined && error.expected !== undefined && error.received !== undefined, text);
      return true;
    });
});

test('a picture beyond the limits is refused before decoding', async () => {
  const bomb = pngBomb(30_000, 30_000);
  assert.ok(bomb.length < 100_000);
  await assert.rejects(decodeImage(bomb), { code: 'IMAGE_TOO_LARGE', message: /30000 × 30000/ });
  await assert.rejects(decodeImage(pngBomb(1, 70_000)), { code: 'IMAGE_TOO_LARGE', expected: /65535/ });
  const jpeg = await asSharp(picture).jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(30_000, frame + 5);
  jpeg.writeUInt16BE(30_000, frame + 7);
  await assert.rejects(decodeImage(jpeg), { code: 'IMAGE_TOO_LARGE' });
});

test('limits are the caller’s to set', async () => {
  const png = await asSharp(picture).png().toBuffer();
  assert.equal((await inspectImage(png, { maxPixels: 2400 })).width, 60);
  await assert.rejects(inspectImage(png, { maxPixels: 2399 }), { code: 'IMAGE_TOO_LARGE', expected: /2399/ });
  await assert.rejects(inspectImage(png, { maxSidePx: 59 }), { code: 'IMAGE_TOO_LARGE' });
  const gif = await asAnimation(picture).gif().toBuffer();
  await assert.rejects(inspectImage(gif, { maxFrames: 1 }), { code: 'IMAGE_TOO_LARGE', message: /2 frames/ });
});

test('a JPEG of a hundred scans is taken, one of a hundred and one is refused before it is decoded', async () => {
  assert.equal(inspectJpegImage(scanBomb(64, 100)).progressive, true);
  await assert.rejects(
    decodeImage(scanBomb(64, 101)),
    (error) => error instanceof PawprintError && error.code === 'IMAGE_TOO_LARGE' && /scans/.test(error.message),
  );
  // A sequential file whose first scan holds all components ends with it for every decoder.
  const jpeg = await asSharp(picture).jpeg().toBuffer();
  const scan = jpeg.subarray(jpeg.lastIndexOf(Buffer.of(0xff, 0xda)), -2);
  const repeated = Buffer.concat([jpeg.subarray(0, -2), ...Array<Buffer>(200).fill(scan), jpeg.subarray(-2)]);
  assert.equal(inspectJpegImage(repeated).width, 60);
});

test('an AVIF may have half as many pixels as others', async () => {
  const [avif, webp] = [await asSharp(picture).avif().toBuffer(), await asSharp(picture).webp().toBuffer()];
  const maxPixels = 60 * 40;
  assert.equal((await inspectImage(webp, { maxPixels })).format, 'webp');
  assert.equal((await inspectImage(avif, { maxPixels: 2 * maxPixels })).format, 'avif');
  await assert.rejects(
    inspectImage(avif, { maxPixels: 2 * maxPixels - 1 }),
    (error) => error instanceof PawprintError && error.code === 'IMAGE_TOO_LARGE',
  );
});
