// Writes small ONNX files by hand, in any operator set and with whatever is wrong with them.
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../../src/graph/onnx-proto/onnx_pb.js';

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<
    Record<string, number | string | readonly number[] | { float: number } | { graph: true } | { tensor: TensorProto }>
  >;
}

export interface FileSpec {
  readonly opset?: number;
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly NodeSpec[];
  readonly initializers?: readonly TensorProto[];
}

function attributeOf(name: string, value: NonNullable<NodeSpec['attributes']>[string]): AttributeProto {
  const type = AttributeProto_AttributeType;
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: type.STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: type.FLOAT, f: value.float });
  if ('tensor' in value) return create(AttributeProtoSchema, { name, type: type.TENSOR, t: value.tensor });
  if ('graph' in value)
    return create(AttributeProtoSchema, { name, type: type.GRAPH, g: create(GraphProtoSchema, { name: 'inner' }) });
  return create(AttributeProtoSchema, { name, type: type.INTS, ints: value.map(BigInt) });
}

function info(name: string, shape: readonly (number | string)[] | undefined): ValueInfoProto {
  const dim = (shape ?? []).map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  const tensor = { elemType: TensorProto_DataType.FLOAT, ...(shape === undefined ? {} : { shape: { dim } }) };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensor } } });
}

export function floatTensor(name: string, dims: readonly number[], values: readonly number[]): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    floatData: [...values],
  });
}

export function int64Tensor(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: TensorProto_DataType.INT64,
    int64Data: values.map(BigInt),
  });
}

/** A float32 tensor whose numbers lie in another file. */
export function externalTensor(name: string, dims: readonly number[], location: string): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [{ key: 'location', value: location }],
  });
}

export function onnxFile({ opset = 17, inputs = {}, outputs, nodes, initializers = [] }: FileSpec): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(opset) })],
      graph: create(GraphProtoSchema, {
        name: 'g',
        input: Object.entries(inputs).map(([name, shape]) => info(name, shape)),
        output: outputs.map((name) => info(name, undefined)),
        initializer: [...initializers],
        node: nodes.map(({ op, name, domain, inputs: from, outputs: to, attributes }) =>
          create(NodeProtoSchema, {
            opType: op,
            name: name ?? '',
            domain: domain ?? '',
            input: [...from],
            output: [...to],
            attribute: Object.entries(attributes ?? {}).map(([key, value]) => attributeOf(key, value)),
          }),
        ),
      }),
    }),
  );
}
