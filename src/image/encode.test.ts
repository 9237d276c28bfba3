import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeImage } from './decode.ts';
import { createThumbnailer, encodeJpeg, encodePng, thumbnail } from './encode.ts';
import { inspectImage } from './inspect.ts';
import { asSharp, difference, gradient, noise } from './test-vectors/pictures.ts';

test('JPEG keeps the picture nearly, smaller at lower quality', async () => {
  const picture = gradient(90, 50);
  const [fine, coarse] = [encodeJpeg(picture, { quality: 95 }), encodeJpeg(picture, { quality: 20 })];
  assert.equal((await inspectImage(fine)).format, 'jpeg');
  assert.ok(difference((await decodeImage(fine)).pixels, picture).mean < 2);
  assert.ok(encodeJpeg(noise(90, 50), { quality: 20 }).length < encodeJpeg(noise(90, 50)).length / 2);
  assert.ok(coarse.length < fine.length);
});

test('PNG keeps every pixel', async () => {
  const picture = noise(33, 21);
  const { pixels, info } = await decodeImage(await encodePng(picture));
  assert.deepEqual([info.format, pixels.width, pixels.height], ['png', 33, 21]);
  assert.equal(difference(pixels, picture).largest, 0);
});

test('a thumbnail is a small JPEG, upright, in the shape of the photo; small photos are not enlarged', async () => {
  const photo = await asSharp(gradient(300, 200)).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const small = await inspectImage(await thumbnail(photo, 60));
  assert.deepEqual([small.format, small.width, small.height, small.orientation], ['jpeg', 40, 60, 1]);
  const tiny = await inspectImage(await thumbnail(await encodePng(gradient(30, 20)), 60));
  assert.deepEqual([tiny.width, tiny.height], [30, 20]);
});

test('one thumbnailer does many at once, and refuses what is no picture', async () => {
  const thumbnailer = createThumbnailer({ quality: 60 });
  const photos = [encodeJpeg(gradient(200, 100)), await encodePng(gradient(100, 200)), encodeJpeg(gradient(80, 80))];
  const infos = await Promise.all(photos.map(async (bytes) => inspectImage(await thumbnailer.thumbnail(bytes, 50))));
  assert.deepEqual(
    infos.map(({ width, height }) => [width, height]),
    [
      [50, 25],
      [25, 50],
      [50, 50],
    ],
  );
  await assert.rejects(thumbnailer.thumbnail(Buffer.from('no picture'), 50), { code: 'IMAGE_UNSUPPORTED' });
});
