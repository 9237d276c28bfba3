import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeBlotPhoto } from '../../tests/support/photo-folder.ts';
import { hashBytes, silentProgress } from '../core/index.ts';
import { writeOnnx } from '../graph/index.ts';
import { decodeToRecord, tensorFromRecord } from '../image/index.ts';
import { createSession } from '../runtime/index.ts';
import { type Backbone, openBackbone } from './backbone.ts';
import { createFeatureExtractor, type FeatureExtractorOptions, type FeaturePhoto } from './extractor.ts';
import type { ExtractedFeatures } from './feature-result.ts';
import { tinyBackbone } from './test-fixtures/tiny-backbone.ts';

void suite('feature extractor', () => {
  let folder = '';
  let backbone: Backbone;
  /** Of all photos, by one thread and without a cache. */
  let unbroken: ExtractedFeatures;
  const photos: string[] = [];
  let caches = 0;
  const child = fileURLToPath(new URL('./test-fixtures/extract-child.ts', import.meta.url));
  const newCache = (): string => join(folder, `cache-${caches++}`);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pawprint-features-'));
    const path = join(folder, 'tiny.onnx');
    await writeFile(path, writeOnnx(tinyBackbone()));
    backbone = await openBackbone(path);
    for (let i = 0; i < 300; i++) {
      photos.push(join(folder, `${i}.jpg`));
      await writeFile(photos[i] ?? '', await makeBlotPhoto(`photo ${i}`, 20 + (i % 3)));
    }
    unbroken = await extract(photos);
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  async function extract(
    list: readonly (string | FeaturePhoto)[],
    options: Partial<FeatureExtractorOptions> = {},
  ): Promise<ExtractedFeatures> {
    const extractor = createFeatureExtractor({ backbone, cacheDirectory: null, workers: 1, ...options });
    try {
      return await extractor.extract(list.map((photo) => (typeof photo === 'string' ? { path: photo } : photo)));
    } finally {
      await extractor.close();
    }
  }
  const chunksOf = async (cache: string): Promise<string[]> => {
    const files = await readdir(cache, { recursive: true });
    return files.filter((name) => name.endsWith('.safetensors')).map((name) => join(cache, name));
  };

  test("gives what the backbone's own file gives for the preprocessed photo, in the photos' order", async () => {
    const list = photos.slice(0, 21);
    const { features, classLogits, mirroredFeatures, failed, computed } = await extract(list, { mirrored: true });
    assert.deepEqual([failed.length, computed], [0, 21]);
    const session = await createSession(backbone.path);
    for (const [i, path] of list.entries()) {
      const record = await decodeToRecord(await readFile(path), backbone.preprocessing);
      const turned = record.map((_, at) => record[at - (at % 16) + 15 - (at % 16)] ?? 0);
      for (const [pixels, target] of [
        [record, features],
        [turned, mirroredFeatures],
      ] as const) {
        const data = new Float32Array(3 * 16 * 16);
        tensorFromRecord(pixels, backbone.preprocessing, data, 0);
        const outputs = await session.run({ photo: { data, dims: [1, 3, 16, 16] } });
        assert.deepEqual(target?.subarray(4 * i, 4 * i + 4), outputs['features']?.data);
        if (pixels === record) assert.deepEqual(classLogits?.subarray(3 * i, 3 * i + 3), outputs['logits']?.data);
      }
    }
    await session.release();
  });

  test('the same whatever the workers, the company and the cache', async () => {
    const cacheDirectory = newCache();
    const three = await extract(photos, { workers: 3, cacheDirectory });
    const alone = await extract(photos.slice(7, 8));
    const cached = await extract(photos, { cacheDirectory });
    assert.deepEqual([three.computed, three.cached, cached.computed, cached.cached], [300, 0, 0, 300]);
    for (const { features, classLogits } of [three, cached])
      assert.deepEqual([features, classLogits], [unbroken.features, unbroken.classLogits]);
    assert.deepEqual(alone.features, unbroken.features.subarray(28, 32));
  });

  test('a bad photo fails alone, by its index; its row is NaN', async () => {
    const broken = join(folder, 'broken.jpg');
    await writeFile(broken, (await readFile(photos[0] ?? '')).subarray(0, 200));
    const notes = join(folder, 'notes.txt');
    await writeFile(notes, 'no picture');
    const changed: FeaturePhoto = { path: photos[3] ?? '', md5: '0'.repeat(32) };
    const list = [photos[0] ?? '', broken, photos[1] ?? '', notes, join(folder, 'none.jpg'), changed, photos[2] ?? ''];
    for (const cacheDirectory of [null, newCache()]) {
      const { features, failed, computed } = await extract(list, { cacheDirectory });
      assert.deepEqual(
        failed.map(({ index, error }) => [index, error.code]),
        [
          [1, 'IMAGE_UNREADABLE'],
          [3, 'IMAGE_UNSUPPORTED'],
          [4, 'FILE_NOT_FOUND'],
          [5, 'CHECKSUM_MISMATCH'],
        ],
      );
      assert.match(failed[2]?.error.message ?? '', /none\.jpg/);
      assert.equal(computed, 3);
      const isNaNRow = Array.from({ length: list.length }, (_, i) => Number.isNaN(features[4 * i]));
      assert.deepEqual(isNaNRow, [false, true, false, true, true, true, false]);
    }
  });

  test('known by content: copies are looked at once, a given md5 spares the file, another setting is another key', async () => {
    const cacheDirectory = newCache();
    const copy = join(folder, 'copy.jpg');
    await copyFile(photos[0] ?? '', copy);
    const first = await extract([photos[0] ?? '', copy, photos[1] ?? ''], { cacheDirectory });
    assert.deepEqual([first.computed, first.cached], [2, 1]);
    const md5 = hashBytes('md5', await readFile(copy));
    await rm(copy);
    const gone = await extract([{ path: copy, md5 }], { cacheDirectory });
    assert.deepEqual([gone.computed, gone.cached, gone.features], [0, 1, first.features.subarray(0, 4)]);
    // The mirrored view is kept apart: only it is missing now.
    const both = await extract([photos[0] ?? ''], { cacheDirectory, mirrored: true });
    assert.deepEqual([both.computed, both.features], [1, first.features.subarray(0, 4)]);
    const other = { ...backbone, preprocessing: { ...backbone.preprocessing, fit: 'pad' as const } };
    assert.equal((await extract([photos[0] ?? ''], { cacheDirectory, backbone: other })).computed, 1);
  });

  test('a damaged or truncated file of the cache is computed again, with a note', async () => {
    const cacheDirectory = newCache();
    const whole = await extract(photos, { cacheDirectory });
    const chunks = await chunksOf(cacheDirectory);
    assert.equal(chunks.length, 3);
    const [cut = '', changed = ''] = chunks;
    await writeFile(cut, (await readFile(cut)).subarray(0, 700));
    const bytes = await readFile(changed);
    bytes.set([1, 2, 3], bytes.length - 8);
    await writeFile(changed, bytes);
    const lines: string[] = [];
    const progress = { ...silentProgress, line: (text: string) => lines.push(text) };
    const again = await extract(photos, { cacheDirectory, progress });
    assert.deepEqual(again.features, whole.features);
    assert.ok(again.computed > 128 && again.computed < 300 && again.computed + again.cached === 300);
    assert.equal(lines.filter((line) => line.includes('damaged')).length, 2);
    assert.equal((await extract(photos, { cacheDirectory })).cached, 300);
  });

  test('a cache that cannot be written costs a note and nothing else', async () => {
    const inTheWay = join(folder, 'file');
    await writeFile(inTheWay, '');
    const lines: string[] = [];
    const progress = { ...silentProgress, line: (text: string) => lines.push(text) };
    const { computed, failed } = await extract(photos, { cacheDirectory: inTheWay, progress });
    assert.deepEqual([computed, failed.length, lines.length], [300, 0, 1]);
    assert.match(lines[0] ?? '', /features are not kept/);
  });

  /** An extraction in a process of its own. */
  const spawnExtraction = (cacheDirectory: string, list: readonly string[]) =>
    spawn(process.execPath, [child, backbone.path, cacheDirectory, ...list], { stdio: ['ignore', 'pipe', 'inherit'] });

  test('killed, it has lost no more than the open file; the numbers are those of an unbroken run', async () => {
    const cacheDirectory = newCache();
    const running = spawnExtraction(cacheDirectory, photos);
    const ended = once(running, 'exit');
    for await (const line of running.stdout)
      if (Number(String(line).trim().split('\n').at(-1)) >= 160) running.kill('SIGKILL');
    await ended;
    assert.equal(running.signalCode, 'SIGKILL');
    const { computed, cached, features } = await extract(photos, { cacheDirectory });
    assert.ok(cached >= 128 && computed + cached === 300, `${cached} taken over`);
    assert.deepEqual(features, unbroken.features);
  });

  test('two processes may fill one cache at once', async () => {
    const cacheDirectory = newCache();
    const both = [photos, photos.toReversed()].map((list) => spawnExtraction(cacheDirectory, list));
    const exits = await Promise.all(both.map(async (running) => ((await once(running, 'exit')) as [number | null])[0]));
    assert.deepEqual(exits, [0, 0]);
    const { computed, features } = await extract(photos, { cacheDirectory });
    assert.equal(computed, 0);
    assert.deepEqual(features, unbroken.features);
  });

  test('stopped on request, keeps what is done and goes on from there', async () => {
    const cacheDirectory = newCache();
    const stop = new AbortController();
    const progress = {
      ...silentProgress,
      start: () => ({ update: (done: number) => done >= 80 && stop.abort(), finish: () => undefined }),
    };
    await assert.rejects(extract(photos, { cacheDirectory, progress, signal: stop.signal }), { code: 'CANCELLED' });
    const { cached, computed } = await extract(photos, { cacheDirectory });
    assert.ok(cached >= 80 && cached < 300, `${cached} taken over`);
    assert.equal(cached + computed, 300);
  });

  test('no photos, no features', async () => {
    const { features, computed, cached } = await extract([], { cacheDirectory: newCache() });
    assert.deepEqual([features.length, computed, cached], [0, 0, 0]);
  });
});
