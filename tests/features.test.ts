// The backbone in the box, from files to numbers: what it sees in photos is what its own ONNX file computes for them,
// and on real photos it knows cats from dogs.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFeatureExtractor, defaultBackbonePath, openBackbone } from '../src/features/index.ts';
import { GraphBuilder, appendGraph, writeOnnx } from '../src/graph/index.ts';
import { decodeToRecord, tensorFromRecord } from '../src/image/index.ts';
import { createSession } from '../src/runtime/index.ts';
import { makePhotoFolder } from './support/photo-folder.ts';
import { repositoryRoot } from './support/run-pawprint.ts';

const photos = join(repositoryRoot, '../shared/data/cats-vs-dogs/train');
const skip = existsSync(photos) ? false : 'the shared photos are not here';

test('the features are those that a model made of the backbone computes, in whatever batch', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pawprint-features-'));
  t.after(() => rm(folder, { recursive: true }));
  await makePhotoFolder(folder, ['blots'], 5);
  const paths = (await readdir(join(folder, 'blots'))).map((name) => join(folder, 'blots', name));
  const backbone = await openBackbone();
  const extractor = createFeatureExtractor({ backbone, cacheDirectory: null, workers: 2 });
  const { features, classLogits } = await extractor.extract(paths.map((path) => ({ path })));
  await extractor.close();

  const size = backbone.preprocessing.imageSizePx;
  const data = new Float32Array(paths.length * 3 * size * size);
  for (const [i, path] of paths.entries()) {
    const record = await decodeToRecord(await readFile(path), backbone.preprocessing);
    tensorFromRecord(record, backbone.preprocessing, data, i * 3 * size * size);
  }
  const image = { data, dims: [paths.length, 3, size, size] };
  const original = await createSession(defaultBackbonePath());
  const whole = await original.run({ input: image });
  assert.deepEqual([features, classLogits], [whole['features']?.data, whole['logits']?.data]);
  // A model of which only the features are left, on two threads: the same bits.
  const b = new GraphBuilder();
  const input = b.input('image', 'float32', ['N', 3, size, size]);
  const value = appendGraph(b, backbone.graph, { inputs: { input } }).get(backbone.featuresOutput);
  assert.ok(value !== undefined);
  const part = b.build('part', [b.node('Mul', [value, b.floats([2])], {}, 'doubled')]);
  const composed = await createSession(writeOnnx(part), { threads: 2 });
  const { doubled } = await composed.run({ image });
  assert.deepEqual(
    features.map((number) => 2 * number),
    doubled?.data,
  );
  await Promise.all([original.release(), composed.release()]);
});

test('on real photos it knows cats from dogs', { skip }, async () => {
  const list = async (name: string): Promise<string[]> =>
    (await readdir(join(photos, name)))
      .sort()
      .slice(0, 40)
      .map((file) => join(photos, name, file));
  const paths = [...(await list('cats')), ...(await list('dogs'))];
  const backbone = await openBackbone();
  const extractor = createFeatureExtractor({ backbone, cacheDirectory: null });
  const { classLogits, failed } = await extractor.extract(paths.map((path) => ({ path })));
  await extractor.close();
  assert.ok(classLogits !== null && failed.length === 0);
  const right = paths.filter((_, i) => {
    const logits = classLogits.subarray(1000 * i, 1000 * (i + 1));
    // ImageNet: 151 … 268 are breeds of dogs, 281 … 285 of cats.
    const isDog = Math.max(...logits.subarray(151, 269)) > Math.max(...logits.subarray(281, 286));
    return isDog === i >= 40;
  });
  assert.ok(right.length >= 72, `${right.length} of 80 right`);
});
