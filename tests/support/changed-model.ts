// Model files changed in one thing alone, their hashes written anew: as whole as any, but not the model that they were.
import assert from 'node:assert/strict';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { inspectOnnx } from '../../src/graph/index.ts';
import { type ModelProto, ModelProtoSchema } from '../../src/graph/onnx-proto/onnx_pb.js';

/** The same file with each number of its last matrix negated: it gives another answer to the known picture. */
export function withOtherHead(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const name = model.graph?.node.findLast(({ opType }) => opType === 'Gemm')?.input[1];
  const head = model.graph?.initializer.find((tensor) => tensor.name === name);
  assert.ok(head !== undefined && head.rawData.length > 0);
  const raw = Uint8Array.from(head.rawData);
  for (let at = 3; at < raw.length; at += 4) raw[at] = (raw[at] ?? 0) ^ 0x80; // the sign of a float32
  head.rawData = raw;
  entryOf(model, 'pawprint.weights_sha256').value = inspectOnnx(toBinary(ModelProtoSchema, model)).weightsSha256;
  return toBinary(ModelProtoSchema, model);
}

/** The same weights with another temperature: other probabilities, the same known answer. */
export function withTemperature(bytes: Uint8Array, temperature: number): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const entry = entryOf(model, 'pawprint');
  entry.value = JSON.stringify({ ...(JSON.parse(entry.value) as object), temperature });
  return toBinary(ModelProtoSchema, model);
}

function entryOf(model: ModelProto, wanted: string): ModelProto['metadataProps'][number] {
  const entry = model.metadataProps.find(({ key }) => key === wanted);
  assert.ok(entry !== undefined, wanted);
  return entry;
}
