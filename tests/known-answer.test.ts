// The known answer of models that the command line trains on drawn pictures: each file carries it and gives it; a file
// with a head that is not its own does not, however well its hash fits.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { inspectOnnx } from '../src/graph/index.ts';
import { ModelProtoSchema } from '../src/graph/onnx-proto/onnx_pb.js';
import { Predictor } from '../src/inference/index.ts';
import { decodeModelFile } from '../src/models/index.ts';
import { runInProcess } from './support/run-in-process.ts';

let cwd = '';
const small = '--epochs 1 --batch-size 16 --set train.cnn.channels=[4,8] --set train.cnn.hidden=8';
const trainings = {
  cnn: `cnn --data prepared --threads 1 ${small}`,
  'logistic-regression': 'logistic-regression --data prepared --threads 1 --epochs 1',
  transfer: 'transfer --data drawn --threads 1',
} as const;
type Kind = keyof typeof trainings;
const kinds = Object.keys(trainings) as Kind[];

async function pawprint(line: string): Promise<void> {
  const { exitCode, err } = await runInProcess(line.split(' '), { cwd });
  assert.equal(exitCode, 0, err);
}

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'pawprint-known-answer-'));
  await pawprint('data sample --to drawn --count 60 --seed 3');
  await pawprint('data prepare --data drawn --to prepared --set prepare.imageSizePx=32');
  for (const kind of kinds) await pawprint(`train ${trainings[kind]} --out first/${kind}.onnx`);
});
after(() => rm(cwd, { recursive: true, force: true }));

async function prove(bytes: Uint8Array): Promise<string> {
  const predictor = await Predictor.open(decodeModelFile(bytes, 'the model'), 'the model');
  try {
    return await predictor.proveKnownAnswer();
  } finally {
    await predictor.close();
  }
}

/** The same file with each number of its last matrix negated and the weights' hash written anew. */
function withOtherHead(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const name = model.graph?.node.findLast(({ opType }) => opType === 'Gemm')?.input[1];
  const head = model.graph?.initializer.find((tensor) => tensor.name === name);
  assert.ok(head !== undefined && head.rawData.length > 0);
  const raw = head.rawData.slice();
  for (let at = 3; at < raw.length; at += 4) raw[at] = (raw[at] ?? 0) ^ 0x80; // the sign of a float32
  head.rawData = raw;
  const entry = model.metadataProps.find(({ key }) => key === 'pawprint.weights_sha256');
  assert.ok(entry !== undefined);
  entry.value = inspectOnnx(toBinary(ModelProtoSchema, model)).weightsSha256;
  return toBinary(ModelProtoSchema, model);
}

for (const kind of kinds)
  test(`${kind}: trained, it gives its known answer; trained again, it is the same file`, async () => {
    const bytes = await readFile(join(cwd, `first/${kind}.onnx`));
    assert.equal(await prove(bytes), 'proven');
    await mkdir(join(cwd, 'second'), { recursive: true });
    await pawprint(`train ${trainings[kind]} --out second/${kind}.onnx`);
    assert.ok(bytes.equals(await readFile(join(cwd, `second/${kind}.onnx`))), 'another file');
  });

for (const kind of kinds)
  test(`${kind}: with the head of another model and a hash that fits it, it does not`, async () => {
    const changed = withOtherHead(await readFile(join(cwd, `first/${kind}.onnx`)));
    await assert.rejects(prove(changed), { code: 'MODEL_INVALID', message: /known answer/ });
  });
