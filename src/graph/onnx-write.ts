// Graph → ONNX bytes. Deterministic: the same graph gives the same bytes.
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx-proto/onnx_pb.js';
import { onnxDataTypes } from './operators/cast.ts';
import type { Attribute, Graph, GraphNode, TensorLiteral, Value } from './types.ts';

/** Opset of the standard operators in everything that Pawprint writes. */
export const onnxOpset = 17;
const irVersion = 8n;

export interface WriteOptions {
  /** Key/value pairs for metadata_props, written in this order. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly producerVersion?: string;
}

/** Serialises a graph as an ONNX model (opset 17, IR version 8). */
export function writeOnnx(graph: Graph, options: WriteOptions = {}): Uint8Array<ArrayBuffer> {
  const domains = new Set(graph.nodes.map((node) => node.domain));
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: 'pawprint',
    producerVersion: options.producerVersion ?? '',
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(onnxOpset) }),
      ...(domains.has('com.microsoft')
        ? [create(OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: 1n })]
        : []),
    ],
    graph: create(GraphProtoSchema, {
      name: graph.name,
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
      initializer: graph.initializers.map(({ value, literal }) => tensorProto(literal, value.name)),
      node: graph.nodes.map((node) =>
        create(NodeProtoSchema, {
          opType: node.op,
          domain: node.domain,
          name: node.name,
          input: inputNames(node),
          output: node.outputs.map((output) => output.name),
          attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeProto(name, attribute)),
        }),
      ),
    }),
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  });
  return toBinary(ModelProtoSchema, model);
}

/** Names of the inputs: '' stands for one left out, except at the end, where runtimes want none at all. */
function inputNames(node: GraphNode): string[] {
  const given = node.inputs.findLastIndex((input) => input !== undefined) + 1;
  return node.inputs.slice(0, given).map((input) => input?.name ?? '');
}

function valueInfo(value: Value): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name: value.name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: onnxDataTypes[value.dtype],
          shape: {
            dim: value.shape.map((size) => ({
              value:
                typeof size === 'number'
                  ? { case: 'dimValue' as const, value: BigInt(size) }
                  : { case: 'dimParam' as const, value: size },
            })),
          },
        },
      },
    },
  });
}

function tensorProto(literal: TensorLiteral, name: string): TensorProto {
  const { data } = literal;
  return create(TensorProtoSchema, {
    name,
    dataType: onnxDataTypes[literal.dtype],
    dims: literal.dims.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
  });
}

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  const type = AttributeProto_AttributeType;
  switch (attribute.type) {
    case 'int':
      return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(attribute.value) });
    case 'ints':
      return create(AttributeProtoSchema, { name, type: type.INTS, ints: attribute.value.map(BigInt) });
    case 'float':
      return create(AttributeProtoSchema, { name, type: type.FLOAT, f: attribute.value });
    case 'floats':
      return create(AttributeProtoSchema, { name, type: type.FLOATS, floats: [...attribute.value] });
    case 'string':
      return create(AttributeProtoSchema, { name, type: type.STRING, s: new TextEncoder().encode(attribute.value) });
    case 'tensor':
      return create(AttributeProtoSchema, { name, type: type.TENSOR, t: tensorProto(attribute.value, '') });
  }
}
