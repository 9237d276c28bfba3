import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decodeImage } from './decode.ts';
import { encodeJpeg, encodePng } from './encode.ts';
import { createPreprocessor, decodeToRecord, preprocessPixels } from './preprocess.ts';
import type { Preprocessing } from './preprocessing.ts';
import { tensorFromRecord } from './record.ts';
import { gradient, noise } from './test-vectors/pictures.ts';

const preprocessing: Preprocessing = {
  imageSizePx: 24,
  fit: 'crop',
  filter: 'bilinear',
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
};
const length = 3 * 24 * 24;

test('every path from bytes to numbers gives the same numbers', async () => {
  for (const bytes of [encodeJpeg(noise(130, 90)), await encodePng(noise(130, 90))]) {
    const preprocessor = createPreprocessor(preprocessing);
    const { pixels, info } = await decodeImage(bytes);
    const record = await preprocessor.record(bytes);
    assert.equal(record.length, length);
    assert.deepEqual(preprocessor.recordFromPixels(pixels), record);
    assert.deepEqual((await preprocessor.recordAndPixels(bytes)).record, record);
    assert.deepEqual(await decodeToRecord(bytes, preprocessing), record);
    assert.deepEqual(preprocessor.recordNow(bytes), info.format === 'jpeg' ? record : undefined);

    const [fromPixels, fromRecord] = [new Float32Array(length + 5), new Float32Array(length + 5)];
    preprocessPixels(pixels, preprocessing, fromPixels, 5);
    tensorFromRecord(record, preprocessing, fromRecord, 5);
    assert.deepEqual(fromPixels, fromRecord);
    assert.deepEqual([...fromRecord.subarray(0, 5)], [0, 0, 0, 0, 0]);
    const [red, blue] = [record[0] ?? 0, record[length - 1] ?? 0];
    assert.ok(Math.abs((fromRecord[5] ?? 0) - (red - 123.675) / 58.395) < 1e-6);
    assert.ok(Math.abs((fromRecord[length + 4] ?? 0) - (blue - 103.53) / 57.375) < 1e-6);
  }
});

test('records of overlapping calls are each their own', async () => {
  const files = [encodeJpeg(noise(64, 64, 1)), await encodePng(noise(64, 64, 2)), encodeJpeg(gradient(200, 90))];
  const preprocessor = createPreprocessor(preprocessing);
  const together = await Promise.all(files.map((bytes) => preprocessor.record(bytes)));
  for (const [i, bytes] of files.entries())
    assert.deepEqual(together[i], await createPreprocessor(preprocessing).record(bytes));
});

test('a photo that cannot be decoded is refused by every path', async () => {
  const broken = encodeJpeg(noise(64, 64)).subarray(0, 900);
  const preprocessor = createPreprocessor(preprocessing);
  await assert.rejects(preprocessor.record(broken), { code: 'IMAGE_UNREADABLE', message: /truncated/ });
  await assert.rejects(preprocessor.recordAndPixels(broken), { code: 'IMAGE_UNREADABLE' });
  await assert.rejects(decodeToRecord(Buffer.from('text'), preprocessing), { code: 'IMAGE_UNSUPPORTED' });
  assert.equal((await preprocessor.record(broken, { tolerateTruncation: true })).length, length);
});

const photos = fileURLToPath(new URL('../../../shared/data/cats-vs-dogs/test', import.meta.url));

test('real photos become records that vary', { skip: !existsSync(photos) && 'the shared photos are not there' }, () => {
  const preprocessor = createPreprocessor({ ...preprocessing, imageSizePx: 64 });
  for (const path of globSync(`${photos}/*/*.jpg`).filter((_, i) => i % 50 === 0)) {
    const record = preprocessor.recordNow(readFileSync(path));
    assert.ok(record !== undefined && new Set(record).size > 50, path);
  }
});
