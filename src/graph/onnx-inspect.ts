// A first look into an ONNX file without building its graph: what it says of itself and what it refers to.
import { fromBinary } from '@bufbuild/protobuf';
import { createHash } from 'node:crypto';
import { PawprintError } from '../core/index.ts';
import {
  type ModelProto,
  ModelProtoSchema,
  TensorProto_DataLocation,
  type ValueInfoProto,
} from './onnx-proto/onnx_pb.js';
import type { Dimension, Shape } from './types.ts';

export interface OnnxSummary {
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputNames: readonly string[];
  /** Of the inputs that are not initializers, as the file states them; an open dimension is its name or ''. */
  readonly inputShapes: Readonly<Record<string, Shape>>;
  readonly outputNames: readonly string[];
  /** Version of the standard operator set. */
  readonly opset: number;
  /** Files that initializers are kept in; empty for a self-contained model. */
  readonly externalFiles: readonly string[];
  /** SHA-256 over names, shapes and numbers of all initializers, in file order. */
  readonly weightsSha256: string;
}

/** Decodes ONNX bytes. `what` names the file in errors. Throws MODEL_INVALID for bytes that are no ONNX model. */
export function decodeOnnx(bytes: Uint8Array, what: string): ModelProto {
  let model: ModelProto | undefined;
  let cause: unknown;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    cause = error;
  }
  if (model?.graph !== undefined && model.opsetImport.length > 0) return model;
  throw new PawprintError('MODEL_INVALID', {
    message: `${what} is not an ONNX model, or is truncated`,
    expected: 'an ONNX file (protobuf) with a graph',
    received: bytes.length === 0 ? 'an empty file' : `${bytes.length} bytes that do not decode`,
    hint: 'Copy the file again, or train and export the model anew.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What an ONNX file says of itself. */
export function inspectOnnx(bytes: Uint8Array, what = 'the file'): OnnxSummary {
  const model = decodeOnnx(bytes, what);
  const initializers = model.graph?.initializer ?? [];
  const hash = createHash('sha256');
  for (const tensor of initializers) {
    hash.update(`${tensor.name}[${tensor.dims.join(',')}]${tensor.dataType}\n`);
    hash.update(tensor.rawData);
  }
  return {
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    inputNames: (model.graph?.input ?? []).map(({ name }) => name),
    inputShapes: Object.fromEntries(
      (model.graph?.input ?? [])
        .filter(({ name }) => !initializers.some((tensor) => tensor.name === name))
        .map((info) => [info.name, statedShape(info)]),
    ),
    outputNames: (model.graph?.output ?? []).map(({ name }) => name),
    opset: Number(model.opsetImport.find(({ domain }) => domain === '')?.version ?? 0n),
    externalFiles: initializers
      .filter((tensor) => tensor.dataLocation === TensorProto_DataLocation.EXTERNAL)
      .map((tensor) => tensor.externalData.find(({ key }) => key === 'location')?.value ?? '(unnamed)'),
    weightsSha256: hash.digest('hex'),
  };
}

function statedShape({ type }: ValueInfoProto): Shape {
  const dims = type?.value.case === 'tensorType' ? (type.value.value.shape?.dim ?? []) : [];
  return dims.map(({ value }): Dimension => {
    if (value.case === 'dimValue' && value.value > 0n) return Number(value.value);
    return value.case === 'dimParam' ? value.value : '';
  });
}
