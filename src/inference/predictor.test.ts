// The Predictor on a small network with random weights: every door gives the same answer to the bit, in order, with
// only so much under way.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { createRandom, type PawprintError } from '../core/index.ts';
import { buildInferenceGraph, initialWeights, layOut, writeOnnx } from '../graph/index.ts';
import { tensorFromRecord } from '../image/index.ts';
import {
  decodeModelFile,
  encodeModelFile,
  networkFor,
  outputColumns,
  withKnownAnswer,
  writeModelFile,
  type ModelMetadata,
} from '../models/index.ts';
import type { PhotoInput } from './photo-input.ts';
import { Predictor, type PhotoPrediction } from './predictor.ts';

const sizePx = 24;
const photoCount = 75;
const classes = { two: ['cats', 'dogs'], five: ['a', 'b', 'c', 'd', 'e'] };
let folder = '';
let photos: PhotoInput[] = [];

function graphOf(classCount: number, seed = 3): ReturnType<typeof buildInferenceGraph> {
  const network = networkFor('cnn', classCount, { channels: [8, 16], hidden: 20, dropout: 0.3 });
  const layout = layOut(network, [1, 3, sizePx, sizePx]);
  const weights = initialWeights(layout, seed);
  assert.equal(outputColumns(2), 1);
  return buildInferenceGraph({ network, layout, weights, imageSizePx: sizePx });
}

function metadataOf(classNames: readonly string[]): ModelMetadata {
  return {
    schemaVersion: 1,
    name: 'random',
    kind: 'cnn',
    classNames: [...classNames],
    preprocessing: { imageSizePx: sizePx, fit: 'crop', filter: 'bilinear', mean: [120, 110, 100], std: [60, 60, 60] },
    configuration: {},
    metrics: {},
    temperature: 1.5,
    dataset: { md5: '', counts: {} },
    lineage: { createdAt: '', pawprintVersion: '0', gitCommit: null, command: '', seed: 3 },
  };
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawprint-predictor-'));
  for (const [name, classNames] of Object.entries(classes))
    await writeModelFile(join(folder, `${name}.onnx`), graphOf(classNames.length), metadataOf(classNames));
  for (let i = 0; i < photoCount; i++) {
    const random = createRandom(i);
    const data = Uint8Array.from({ length: 6 * 5 * 3 }, () => random.integer(256));
    const path = join(folder, `${i}.jpg`);
    const jpeg = sharp(data, { raw: { width: 6, height: 5, channels: 3 } })
      .resize(60, 50)
      .jpeg();
    await writeFile(path, await jpeg.toBuffer());
    photos.push({ name: `${i}`, path });
  }
  photos = photos.toSpliced(40, 1, { name: '40', path: join(folder, 'missing.jpg') });
});
after(async () => rm(folder, { recursive: true, force: true }));

async function collect(answers: AsyncIterable<PhotoPrediction>): Promise<PhotoPrediction[]> {
  const all: PhotoPrediction[] = [];
  for await (const answer of answers) all.push(answer);
  return all;
}

for (const name of ['two', 'five'] as const)
  test(`${name} classes: batch size, threads, workers and door change no bit of an answer`, async () => {
    const predictor = await Predictor.load(join(folder, `${name}.onnx`), { threads: 1 });
    const threaded = await Predictor.load(join(folder, `${name}.onnx`), { threads: 2 });
    try {
      const expected = await collect(predictor.predictMany(photos, { batchSize: 1, workers: 0 }));
      assert.deepEqual(
        expected.map((answer) => answer.input.name),
        photos.map((photo) => photo.name),
      );
      assert.ok(new Set(expected.map((answer) => JSON.stringify(answer))).size > 70, 'the answers differ');
      for (const [each, options] of [
        [predictor, { batchSize: 32 }],
        [predictor, { batchSize: 7, workers: 1 }],
        [threaded, { batchSize: 100, workers: 3 }],
      ] as const)
        assert.deepEqual(await collect(each.predictMany(photos, options)), expected);
      const bytes = await Promise.all([0, 1, 2].map((i) => readFile(join(folder, `${i}.jpg`))));
      const single = await Promise.all(bytes.map((each) => threaded.predictBytes(each)));
      for (const [i, prediction] of single.entries()) {
        const answer = expected[i];
        assert.ok(answer !== undefined && 'prediction' in answer);
        assert.deepEqual(prediction, answer.prediction);
      }
    } finally {
      await predictor.close();
      await threaded.close();
    }
  });

test('an answer is consistent: probabilities sum to 1, the label is the likeliest, its confidence its probability', async () => {
  const predictor = await Predictor.load(join(folder, 'five.onnx'));
  try {
    for (const answer of await collect(predictor.predictMany(photos))) {
      if ('error' in answer) {
        assert.equal(answer.error.code, 'FILE_NOT_FOUND');
        continue;
      }
      const { label, labelIndex, confidence, probabilities, logits } = answer.prediction;
      assert.equal(logits.length, 5);
      assert.equal(label, classes.five[labelIndex]);
      assert.equal(confidence, probabilities[label]);
      assert.equal(confidence, Math.max(...Object.values(probabilities)));
      assert.ok(Math.abs(Object.values(probabilities).reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
    }
  } finally {
    await predictor.close();
  }
});

test('only so many photos are under way at once, however many there are', async () => {
  const predictor = await Predictor.load(join(folder, 'two.onnx'));
  try {
    let taken = 0;
    let answered = 0;
    let most = 0;
    const endless = function* (): Generator<PhotoInput> {
      for (;;) {
        most = Math.max(most, ++taken - answered);
        yield photos[taken % 10] ?? { name: '', path: '' };
      }
    };
    for await (const answer of predictor.predictMany(endless(), { workers: 2, batchSize: 32 })) {
      assert.ok('prediction' in answer);
      if (++answered === 1500) break;
    }
    assert.ok(most <= 32 + 5 * 16, `${most} photos were under way`);
  } finally {
    await predictor.close();
  }
});

test('an aborted signal stops it with CANCELLED; bad records and other models are refused', async () => {
  const predictor = await Predictor.load(join(folder, 'two.onnx'));
  try {
    const controller = new AbortController();
    const answers = predictor.predictMany(photos, { signal: controller.signal, batchSize: 4 });
    await answers.next();
    controller.abort();
    await assert.rejects(collect(answers), { code: 'CANCELLED' });
    assert.deepEqual(await predictor.predictRecords(new Uint8Array(0)), []);
    await assert.rejects(predictor.predictRecords(new Uint8Array(10)), { code: 'SCORES_INVALID' });
    await assert.rejects(predictor.predictBytes(new Uint8Array([1, 2, 3])), { code: /^IMAGE_/ });
  } finally {
    await predictor.close();
  }
  const plain = join(folder, 'plain.onnx');
  await writeFile(plain, writeOnnx(graphOf(2)));
  await assert.rejects(Predictor.load(plain), { code: 'MODEL_INVALID' });
  await writeModelFile(join(folder, 'wrong.onnx'), graphOf(5), metadataOf(['a', 'b', 'c']));
  const wrong = await Predictor.load(join(folder, 'wrong.onnx'));
  await assert.rejects(wrong.predictRecord(new Uint8Array(3 * sizePx ** 2)), {
    code: 'MODEL_INVALID',
    message: /5 logits/,
  });
  await wrong.close();
});

for (const name of ['two', 'five'] as const)
  test(`${name} classes: the tensor of a record gets the answer of the record`, async () => {
    const predictor = await Predictor.load(join(folder, `${name}.onnx`), { threads: 1 });
    try {
      const jpegs = await Promise.all([0, 1, 2].map((i) => readFile(join(folder, `${i}.jpg`))));
      const records = Buffer.concat(await Promise.all(jpegs.map((jpeg) => predictor.recordOf(jpeg))));
      const tensor = new Float32Array(records.length + 1).subarray(1); // a view that does not start at its memory's start
      for (let at = 0; at < records.length; at += predictor.recordBytes)
        tensorFromRecord(
          records.subarray(at, at + predictor.recordBytes),
          predictor.metadata.preprocessing,
          tensor,
          at,
        );
      const expected = await predictor.predictRecords(records);
      assert.equal(new Set(expected.map(({ logits }) => logits.join())).size, 3, 'the answers differ');
      assert.deepEqual(await predictor.predictTensor(tensor), expected);
      assert.deepEqual(await predictor.predictTensor(tensor.subarray(0, predictor.recordBytes)), expected.slice(0, 1));
      assert.deepEqual(await predictor.predictTensor(new Float32Array(0)), []);
      await assert.rejects(predictor.predictTensor(tensor.subarray(1)), { code: 'SCORES_INVALID', message: /fit/ });
      for (const odd of [NaN, Infinity, -Infinity]) {
        const changed = tensor.slice();
        changed[changed.length - 1] = odd;
        await assert.rejects(predictor.predictTensor(changed), { code: 'SCORES_INVALID', message: /finite/ });
      }
    } finally {
      await predictor.close();
    }
  });

test('a model proves its known answer; with weights or preprocessing of another it is refused; none is absent', async () => {
  const outcomeOf = async (graph: ReturnType<typeof graphOf>, metadata: ModelMetadata): Promise<string> => {
    const file = decodeModelFile(encodeModelFile(graph, metadata), 'memory');
    const predictor = await Predictor.open(file, 'memory.onnx', { threads: 2 });
    try {
      return await predictor.proveKnownAnswer();
    } finally {
      await predictor.close();
    }
  };
  const proven = await withKnownAnswer(graphOf(5), metadataOf(classes.five));
  assert.equal(await outcomeOf(graphOf(5), proven), 'proven');
  assert.equal(await outcomeOf(graphOf(5), metadataOf(classes.five)), 'absent');
  const { preprocessing, knownAnswer } = proven;
  const isRefused = (error: PawprintError): boolean =>
    error.code === 'MODEL_INVALID' &&
    error.expected?.includes(String(knownAnswer?.logits[0])) === true &&
    /^logits(,? -?[\d.e-]+){5}$/.test(error.received ?? '') &&
    error.hint !== undefined;
  await assert.rejects(outcomeOf(graphOf(5, 4), proven), isRefused);
  const swapped: ModelMetadata = { ...proven, preprocessing: { ...preprocessing, fit: 'stretch' } };
  await assert.rejects(outcomeOf(graphOf(5), swapped), isRefused);
  const picture = { ...proven, knownAnswer: { image: 'AAAA', logits: [1], tolerance: 1 } };
  await assert.rejects(outcomeOf(graphOf(5), picture), { code: /^IMAGE_/ });
});
