import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { PawprintError } from '../src/core/index.ts';
import { buildInferenceGraph, initialWeights, layOut } from '../src/graph/index.ts';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from '../src/graph/onnx-proto/onnx_pb.js';
import {
  decodeModelFile,
  encodeModelFile,
  type ModelMetadata,
  networkFor,
  readModelFile,
  writeModelFile,
} from '../src/models/index.ts';

const metadata: ModelMetadata = {
  schemaVersion: 1,
  name: 'tiny',
  kind: 'cnn',
  classNames: ['cats', 'dogs'],
  preprocessing: { imageSizePx: 16, fit: 'stretch', filter: 'bilinear', mean: [1, 2, 3], std: [4, 5, 6] },
  configuration: { lr: 0.1 },
  metrics: { 'validation.accuracy': 0.5 },
  temperature: 1,
  dataset: { md5: '0'.repeat(32), counts: { train: { cats: 1, dogs: 1 } } },
  lineage: { createdAt: '2026-01-01T00:00:00Z', pawprintVersion: '0', gitCommit: null, command: 'test', seed: 0 },
};

function tinyGraph(seed = 0) {
  const network = networkFor('cnn', 2, { channels: [4], hidden: 4, dropout: 0 });
  const layout = layOut(network, [1, 3, 16, 16]);
  return buildInferenceGraph({ network, layout, weights: initialWeights(layout, seed), imageSizePx: 16 });
}

const isInvalid =
  (pattern?: RegExp) =>
  (error: unknown): boolean =>
    error instanceof PawprintError &&
    error.code === 'MODEL_INVALID' &&
    error.hint !== undefined &&
    (pattern === undefined || pattern.test(`${error.message} ${error.received ?? ''}`));

test('a model file carries its metadata, and the same model gives the same bytes', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'pawprint-model-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'deep', 'tiny.onnx');
  await writeModelFile(path, tinyGraph(), metadata);
  const file = await readModelFile(path);
  assert.deepEqual(file.metadata, metadata);
  assert.deepEqual(Buffer.from(file.bytes), Buffer.from(encodeModelFile(tinyGraph(), metadata)));
  assert.notEqual(file.weightsSha256, decodeModelFile(encodeModelFile(tinyGraph(1), metadata), 'other').weightsSha256);
});

test('a file that is not there, is empty, or is something else', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'pawprint-model-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await assert.rejects(
    readModelFile(join(directory, 'none.onnx')),
    (error) => error instanceof PawprintError && error.code === 'FILE_NOT_FOUND',
  );
  for (const content of ['', 'hello', '{"a":1}', '\x89PNG\r\n\x1a\n and more', 'PK\x03\x04']) {
    const path = join(directory, 'x.onnx');
    await writeFile(path, content, 'latin1');
    await assert.rejects(readModelFile(path), isInvalid(), JSON.stringify(content));
  }
});

test('cut off anywhere, a model file is refused', () => {
  const bytes = encodeModelFile(tinyGraph(), metadata);
  for (let length = 0; length < bytes.length; length += 7)
    assert.throws(
      () => decodeModelFile(bytes.subarray(0, length), 'cut'),
      isInvalid(),
      `${length} of ${bytes.length} bytes`,
    );
});

test('one changed bit in the weights is noticed', () => {
  const bytes = encodeModelFile(tinyGraph(), metadata);
  const weight = tinyGraph().initializers[0];
  assert.ok(weight?.literal.dtype === 'float32');
  const { data } = weight.literal;
  const at = Buffer.from(bytes).indexOf(Buffer.from(data.buffer, data.byteOffset, 16));
  assert.ok(at > 0);
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  assert.throws(() => decodeModelFile(changed, 'changed'), isInvalid(/weights/));
});

test('weights in other files are refused, wherever they lie', () => {
  for (const location of ['weights.bin', '../../etc/passwd', '/etc/passwd']) {
    const model = fromBinary(ModelProtoSchema, encodeModelFile(tinyGraph(), metadata));
    const [tensor] = model.graph?.initializer ?? [];
    assert.ok(tensor !== undefined);
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.externalData = [create(StringStringEntryProtoSchema, { key: 'location', value: location })];
    const bytes = toBinary(ModelProtoSchema, model);
    assert.throws(() => decodeModelFile(bytes, 'external'), isInvalid(/external|other files/));
  }
});

test("an ONNX file of somebody else's, and metadata of a newer version, are named as such", () => {
  const model = fromBinary(ModelProtoSchema, encodeModelFile(tinyGraph(), metadata));
  const [own] = model.metadataProps;
  assert.ok(own !== undefined);
  own.value = JSON.stringify({ ...metadata, schemaVersion: 2 });
  assert.throws(() => decodeModelFile(toBinary(ModelProtoSchema, model), 'newer'), isInvalid(/metadata/));
  model.metadataProps = [];
  assert.throws(() => decodeModelFile(toBinary(ModelProtoSchema, model), 'foreign'), isInvalid(/not one of Pawprint/));
});
