// ONNX tensors and attributes → literals. Half, brain and double precision are read as float32, which is what graphs
// compute in.
import { PawprintError } from '../core/index.ts';
import { alignedCopy, fromBfloat16, fromFloat16 } from './element-types.ts';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from './onnx-proto/onnx_pb.js';
import { type Attribute, type DataType, elementCount, type TensorLiteral } from './types.ts';

/** Reads the bytes that a tensor keeps outside the model file. */
export type ExternalDataReader = (tensor: TensorProto) => Uint8Array;

/** How one element type of files is read: from bytes, or from the field that old files keep its numbers in. */
interface ElementType {
  readonly held: DataType;
  readonly bytes: number;
  readonly fromBytes: (data: ArrayBuffer) => TensorLiteral['data'];
  readonly fromFields: (tensor: TensorProto) => TensorLiteral['data'];
}

const types = TensorProto_DataType;
const byteSized = (held: DataType): ElementType => ({
  held,
  bytes: 1,
  fromBytes: (data) => new Uint8Array(data),
  fromFields: ({ int32Data }) => Uint8Array.from(int32Data),
});
const elementTypes: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [
    types.FLOAT,
    {
      held: 'float32',
      bytes: 4,
      fromBytes: (data) => new Float32Array(data),
      fromFields: ({ floatData }) => Float32Array.from(floatData),
    },
  ],
  [
    types.FLOAT16,
    {
      held: 'float32',
      bytes: 2,
      fromBytes: (data) => fromFloat16(new Uint16Array(data)),
      fromFields: ({ int32Data }) => fromFloat16(Uint16Array.from(int32Data)),
    },
  ],
  [
    types.BFLOAT16,
    {
      held: 'float32',
      bytes: 2,
      fromBytes: (data) => fromBfloat16(new Uint16Array(data)),
      fromFields: ({ int32Data }) => fromBfloat16(Uint16Array.from(int32Data)),
    },
  ],
  [
    types.DOUBLE,
    {
      held: 'float32',
      bytes: 8,
      fromBytes: (data) => Float32Array.from(new Float64Array(data)),
      fromFields: ({ doubleData }) => Float32Array.from(doubleData),
    },
  ],
  [
    types.INT64,
    {
      held: 'int64',
      bytes: 8,
      fromBytes: (data) => new BigInt64Array(data),
      fromFields: ({ int64Data }) => BigInt64Array.from(int64Data),
    },
  ],
  [
    types.INT32,
    {
      held: 'int32',
      bytes: 4,
      fromBytes: (data) => new Int32Array(data),
      fromFields: ({ int32Data }) => Int32Array.from(int32Data),
    },
  ],
  [
    types.INT8,
    {
      held: 'int8',
      bytes: 1,
      fromBytes: (data) => new Int8Array(data),
      fromFields: ({ int32Data }) => Int8Array.from(int32Data),
    },
  ],
  [types.UINT8, byteSized('uint8')],
  [types.BOOL, byteSized('bool')],
]);

function elementTypeOf(elementType: number, name: string): ElementType {
  const known = elementTypes.get(elementType);
  if (known !== undefined) return known;
  throw new PawprintError('MODEL_INVALID', {
    message: `tensor ${name} is of an element type that is not supported`,
    expected: 'float, float16, bfloat16, double, int64, int32, int8, uint8 or bool',
    received: types[elementType]?.toLowerCase() ?? `type ${elementType}`,
    hint: 'Export the model in single precision, or quantised to 8 bits.',
  });
}

/** The element type that a file's type is held in; MODEL_INVALID, naming the tensor, for others (int16, string, …). */
export function heldDataType(elementType: number, name: string): DataType {
  return elementTypeOf(elementType, name).held;
}

/** A tensor's numbers; MODEL_INVALID, naming it, when they do not fill its shape or their type is not supported. */
export function readTensor(tensor: TensorProto, readExternal: ExternalDataReader): TensorLiteral {
  const name = tensor.name === '' ? '(unnamed)' : tensor.name;
  const dims = tensor.dims.map(Number);
  const { held, bytes, fromBytes, fromFields } = elementTypeOf(tensor.dataType, name);
  const external = tensor.dataLocation === TensorProto_DataLocation.EXTERNAL;
  const raw = external ? readExternal(tensor) : tensor.rawData;
  const data =
    external || raw.length > 0
      ? fromBytes(alignedCopy(raw.subarray(0, raw.length - (raw.length % bytes))))
      : fromFields(tensor);
  if (dims.some((size) => size < 0) || data.length !== elementCount(dims))
    throw new PawprintError('MODEL_INVALID', {
      message: `tensor ${name} does not fill its shape`,
      expected: `${elementCount(dims)} numbers for [${dims.join(', ')}]`,
      received: `${data.length}`,
      hint: 'The file is damaged: copy or export it again.',
    });
  return { dtype: held, dims, data } as TensorLiteral;
}

/** A node's attribute; undefined for kinds that no supported operator has (lists of strings or tensors, …). */
export function readAttribute(attribute: AttributeProto, readExternal: ExternalDataReader): Attribute | undefined {
  const kinds = AttributeProto_AttributeType;
  switch (attribute.type) {
    case kinds.INT:
      return { type: 'int', value: Number(attribute.i) };
    case kinds.INTS:
      return { type: 'ints', value: attribute.ints.map(Number) };
    case kinds.FLOAT:
      return { type: 'float', value: attribute.f };
    case kinds.FLOATS:
      return { type: 'floats', value: [...attribute.floats] };
    case kinds.STRING:
      return { type: 'string', value: new TextDecoder().decode(attribute.s) };
    case kinds.TENSOR:
      return attribute.t === undefined ? undefined : { type: 'tensor', value: readTensor(attribute.t, readExternal) };
    case kinds.UNDEFINED:
    case kinds.STRINGS:
    case kinds.TENSORS:
    case kinds.GRAPH:
    case kinds.GRAPHS:
    case kinds.SPARSE_TENSOR:
    case kinds.SPARSE_TENSORS:
    case kinds.TYPE_PROTO:
    case kinds.TYPE_PROTOS:
      return undefined;
  }
}
